from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.analytics import queries as figures
from app.core import clock
from app.core.shapes import Day, Line
from app.identity.permissions import Permission
from app.labels import label_service
from app.labels.schemas import LabelSheet
from app.orders import order_service, queries
from app.orders.order_rules import Status
from app.orders.schemas import OrderFilter
from app.portals.admin import admin
from app.portals.http import labels
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.portal import asks, permits, reads, secret, shows_again
from app.portals.http.progress import steps
from app.tenancy.tenant_service import current_business

LATE, TODAY, OUT_TODAY = "late", "today", "out-today"
IN_OUR_TIME = validate.Range(date(2000, 1, 1), date(2100, 1, 1), error="Must be a day of this century.")


class Period(Asked):
    """Days on the wall, both included."""

    since = Day(validate=IN_OUR_TIME, load_default=None)
    until = Day(validate=IN_OUR_TIME, load_default=None)


class OrderPageFilter(Period, OrderFilter):
    due = fields.String(validate=validate.OneOf((LATE, TODAY, OUT_TODAY)), load_default=None)
    customer = fields.Integer(validate=validate.Range(1, 2**53), load_default=None)
    service = Line(longest=20, load_default=None)
    q = Line(longest=100, load_default=None)


@admin.get("/orders/")
@permits(Permission.ORDER_READ)
@asks(OrderPageFilter)
def orders_page(query: dict[str, Any] | None = None, form: Form = EMPTY) -> str:
    query, now = query or OrderPageFilter().load({}), clock.now()
    begins, ends = clock.day_around(now, current_business().timezone)
    page = queries.newest(limit=query["limit"], cursor=query["cursor"], **wanted(query))
    counted = {"counts": queries.count_by_status(), "today": figures.count_today(begins, ends, now), "statuses": list(Status)}
    shown = {"orders": page.rows, "next_cursor": page.next_cursor, "query": query, "stocks": label_service.stock_names()}
    return render_template("admin/orders/list.html", form=form, **shown, **counted)


@admin.post("/orders/labels")
@permits(Permission.LABEL_PRINT)
@reads(LabelSheet, form=True)
@secret
@shows_again(orders_page)
def print_order_labels(data: dict[str, Any]) -> ResponseReturnValue:
    return labels.sheet(data["orderIds"], data["stock"])


@admin.get("/orders/<order_id>")
@permits(Permission.ORDER_READ)
def order_page(order_id: str, form: Form = EMPTY) -> str:
    row = queries.get_by_code(order_id)
    order, events = queries.as_dict(row), queries.timeline(row.id)
    known = {"way": steps(order["status"], events), "events": events, "token": row.tracking_token, "customer_id": row.customer_id}
    possible = order_service.possible_steps(row.status, by=who())
    return render_template("admin/orders/show.html", order=order, possible=possible, form=form, **known)


def wanted(query: dict[str, Any]) -> dict[str, Any]:
    """Which orders, from what was chosen on the page."""
    now = clock.now()
    begins, ends = clock.day_around(now, current_business().timezone)
    spans = {LATE: (datetime.min.replace(tzinfo=UTC), now), TODAY: (now, ends)}
    plain = {name: query[name] for name in ("status", "q", "service")} | {"customer_id": query["customer"]} | moments(query)
    return {**plain, "due": spans.get(query["due"]), "left_since": begins if query["due"] == OUT_TODAY else None}


def moments(period: dict[str, Any]) -> dict[str, datetime | None]:
    """From the first moment of the one day to the first after the other."""
    timezone, since, until = current_business().timezone, period["since"], period["until"]
    return {
        "since": since and clock.start_of(since, timezone),
        "until": until and clock.start_of(until + timedelta(days=1), timezone),
    }
