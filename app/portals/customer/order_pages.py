from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict
from app.core.shapes import PageQuery, Shape, Text
from app.customers import approval_service
from app.identity.permissions import Permission
from app.logistics import queries as deliveries
from app.orders import order_service, queries
from app.portals.customer import customer
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import asks, permits, reads, shows_again
from app.portals.http.progress import steps


class Wishes(Shape):
    specialInstructions = Text(longest=1000, load_default="")


@customer.get("/")
@permits(Permission.CUSTOMER_VISIT)
@asks(PageQuery)
def home(query: dict[str, Any]) -> str:
    page = queries.newest(customer_id=who().customer_id, **query)
    events = queries.timelines(order["id"] for order in page.rows)
    ways = {order["id"]: steps(order["status"], events[order["id"]]) for order in page.rows}
    waits = approval_service.waiting_for_what(who().customer_id or 0)
    return render_template("customer/home.html", orders=page.rows, next_cursor=page.next_cursor, ways=ways, name=who().name, approval=waits)


@customer.get("/orders/<order_id>")
@permits(Permission.ORDER_READ_OWN)
def order_page(order_id: str, form: Form = EMPTY) -> str:
    row = queries.get_by_code(order_id)
    order_service.ensure_readable(row, by=who())
    order, events = queries.as_dict(row), queries.timeline(row.id)
    shown = {"way": steps(order["status"], events), "stops": deliveries.open_of_order(row.id), "token": row.tracking_token}
    return render_template("customer/orders/show.html", order=order, events=events, form=form, **shown)


@customer.post("/orders/<order_id>/wishes")
@permits(Permission.ORDER_CHANGE_OWN)
@reads(Wishes, form=True)
@shows_again(order_page, also=(Conflict,))
def change_wishes(order_id: str, data: dict[str, Any]) -> ResponseReturnValue:
    order_service.change(order_id, data, expected=None, by=who())
    flash("", "wishes-saved")
    return redirect(url_for("customer.order_page", order_id=order_id), 303)


@customer.post("/orders/<order_id>/cancel")
@permits(Permission.ORDER_CHANGE_OWN)
@shows_again(order_page, also=(Conflict,))
def cancel_order(order_id: str) -> ResponseReturnValue:
    order_service.cancel(order_id, by=who())
    flash("", "order-cancelled")
    return redirect(url_for("customer.order_page", order_id=order_id), 303)
