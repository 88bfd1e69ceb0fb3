from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Shape
from app.identity.permissions import Permission
from app.orders import order_service, queries
from app.orders.order_rules import Event
from app.places import queries as places
from app.portals.employee import employee
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again
from app.portals.http.progress import steps


class Nothing(Shape):
    """A form that is only a button."""


class PrintQuery(Shape):
    what = fields.String(validate=validate.OneOf(("label", "receipt")), load_default=None)
    placed = fields.String(validate=validate.OneOf(("yes",)), load_default=None)


@employee.get("/orders/<order_id>")
@permits(Permission.ORDER_READ)
def order_page(order_id: str, form: Form = EMPTY) -> str:
    row = queries.get_by_code(order_id)
    order, events = queries.as_dict(row), queries.timeline(row.id)
    way = steps(order["status"], events)
    return render_template("employee/orders/show.html", order=order, way=way, events=events, token=row.tracking_token, form=form)


@employee.post("/orders/<order_id>/hand-over")
@permits(Permission.ORDER_SCAN)
@reads(Nothing, form=True)
@shows_again(order_page)
def hand_over(order_id: str, data: dict[str, Any]) -> ResponseReturnValue:
    """Whoever stands at the counter gets their clothes; the box is free for the next one."""
    order = queries.get_by_code(order_id)
    order_service.transition(order.id, Event.COLLECT, by=who())
    flash(_("Order %(number)s is handed over to %(name)s.") % {"number": order.number, "name": order.customer_name}, "handed-over")
    return redirect(url_for("employee.home"), 303)


@employee.post("/orders/<order_id>/cancel")
@permits(Permission.ORDER_CHANGE)
@reads(Nothing, form=True)
@shows_again(order_page)
def cancel_order_page(order_id: str, data: dict[str, Any]) -> ResponseReturnValue:
    """Written down by mistake, or thought better of. The row stays."""
    order_service.cancel(order_id, by=who())
    return redirect(url_for("employee.order_page", order_id=order_id), 303)


@employee.get("/orders/<order_id>/print")
@permits(Permission.LABEL_PRINT)
@asks(PrintQuery)
def print_order(order_id: str, query: dict[str, Any]) -> str:
    """What goes with the bag and what goes with its owner."""
    row = queries.get_by_code(order_id)
    shown = {"token": row.tracking_token, "receipt_text": places.get(row.store_id).receipt_text}
    return render_template("employee/orders/print.html", order=queries.as_dict(row), **shown, **query)
