from flask import render_template

from app.core import clock
from app.identity.permissions import Permission
from app.orders import queries as orders
from app.orders.order_rules import Status
from app.portals.admin import admin
from app.portals.http.portal import permits
from app.tenancy.tenant_service import current_business


@admin.get("/")
@permits(Permission.ADMIN_VISIT)
def home() -> str:
    now = clock.now()
    today = orders.count_day(*clock.day_around(now, current_business().timezone), now)
    newest, counts = orders.newest(limit=10).rows, orders.count_by_status()
    return render_template("admin/home.html", now=now, today=today, counts=counts, newest=newest, statuses=list(Status))
