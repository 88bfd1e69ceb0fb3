from flask import render_template

from app.identity.permissions import Permission
from app.orders import queries as orders
from app.portals.admin import admin
from app.portals.http.portal import permits


@admin.get("/")
@permits(Permission.ADMIN_VISIT)
def home() -> str:
    return render_template("admin/home.html", counts=orders.count_by_status(), newest=orders.newest(limit=10).rows)
