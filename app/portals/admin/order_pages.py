from datetime import UTC, datetime
from typing import Any

from flask import render_template
from marshmallow import fields, validate

from app.core import clock
from app.identity.permissions import Permission
from app.orders import queries
from app.orders.order_rules import Status
from app.orders.schemas import OrderFilter
from app.portals.admin import admin
from app.portals.http.portal import asks, permits
from app.portals.http.progress import steps
from app.tenancy.tenant_service import current_business

LATE, TODAY = "late", "today"


class OrderPageFilter(OrderFilter):
    due = fields.String(validate=validate.OneOf((LATE, TODAY)), load_default=None)
    customer = fields.Integer(validate=validate.Range(1, 2**53), load_default=None)


@admin.get("/orders/")
@permits(Permission.ORDER_READ)
@asks(OrderPageFilter)
def orders_page(query: dict[str, Any]) -> str:
    now = clock.now()
    begins, ends = clock.day_around(now, current_business().timezone)
    spans = {LATE: (datetime.min.replace(tzinfo=UTC), now), TODAY: (now, ends)}
    page = queries.newest(customer_id=query.pop("customer"), **query | {"due": spans.get(query["due"])})
    counted = {"counts": queries.count_by_status(), "today": queries.count_day(begins, ends, now), "statuses": list(Status)}
    return render_template("admin/orders/list.html", orders=page.rows, next_cursor=page.next_cursor, query=query, **counted)


@admin.get("/orders/<order_id>")
@permits(Permission.ORDER_READ)
def order_page(order_id: str) -> str:
    row = queries.get_by_code(order_id)
    order, events = queries.as_dict(row), queries.timeline(row.id)
    way = steps(order["status"], events)
    return render_template("admin/orders/show.html", order=order, way=way, events=events, token=row.tracking_token)
