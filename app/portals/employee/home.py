from flask import render_template

from app.identity.permissions import Permission
from app.portals.employee import employee
from app.portals.http.portal import permits


@employee.get("/")
@permits(Permission.EMPLOYEE_VISIT)
def home() -> str:
    return render_template("employee/home.html")
