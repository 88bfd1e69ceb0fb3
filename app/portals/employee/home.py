from flask import render_template

from app.identity.permissions import Permission
from app.orders import queries
from app.portals.employee import employee
from app.portals.http.forms import EMPTY, Form
from app.portals.http.portal import permits


@employee.get("/")
@permits(Permission.EMPLOYEE_VISIT)
def home(form: Form = EMPTY) -> str:
    return render_template("employee/home.html", newest=queries.newest(limit=20).rows, sought=form)
