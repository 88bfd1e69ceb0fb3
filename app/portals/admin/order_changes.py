"""What can be done to an order from the office. Which steps there are, and who may take them, is the lifecycle's to say."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Day, Shape, Text
from app.identity.permissions import Permission
from app.orders import order_service, queries
from app.orders.errors import NotYourStep
from app.orders.order_rules import Event
from app.orders.schemas import OrderUpdate
from app.portals.admin import admin
from app.portals.admin.order_pages import order_page
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import permits, reads, shows_again


class StepForm(Shape):
    event = fields.String(required=True, validate=validate.OneOf(list(Event)))


class OrderForm(OrderUpdate):
    """A form shows everything there is, so a field left empty means that there is none."""

    pickupDate = Day(allow_none=True, load_default=None)
    specialInstructions = Text(longest=1000, load_default="")
    version = fields.Integer()


@admin.post("/orders/<order_id>/step")
@permits(Permission.ORDER_SCAN)
@reads(StepForm, form=True)
@shows_again(order_page, also=(NotYourStep,))
def step_order(order_id: str, data: dict[str, Any]) -> ResponseReturnValue:
    order = queries.get_by_code(order_id)
    status = order_service.transition(order.id, Event(data["event"]), by=who())
    sentence = _("Order %(number)s is now: %(status)s.") % {"number": order.number, "status": _(status)}
    return told(sentence, "admin.order_page", order_id=order.id)


@admin.get("/orders/<order_id>/edit")
@permits(Permission.ORDER_CHANGE)
def edit_order(order_id: str, form: Form = EMPTY) -> str:
    row = queries.get_by_code(order_id)
    return render_template("admin/orders/edit.html", order=queries.as_dict(row), version=row.version, form=form)


@admin.post("/orders/<order_id>/edit")
@permits(Permission.ORDER_CHANGE)
@reads(OrderForm, form=True)
@shows_again(edit_order)
def save_order(order_id: str, data: dict[str, Any]) -> ResponseReturnValue:
    order = order_service.change(order_id, data, expected=data.pop("version", None), by=who())
    return told(_("Order %(number)s is saved.") % {"number": order.number}, "admin.order_page", order_id=order.id)


@admin.get("/orders/<order_id>/cancel")
@permits(Permission.ORDER_CHANGE)
def cancelling_page(order_id: str, form: Form = EMPTY) -> str:
    order = queries.as_dict(queries.get_by_code(order_id))
    return render_template("admin/orders/cancel.html", order=order, form=form)


@admin.post("/orders/<order_id>/cancel")
@permits(Permission.ORDER_CHANGE)
@shows_again(order_page, also=(NotYourStep,))
def cancel_order_page(order_id: str) -> ResponseReturnValue:
    order = queries.get_by_code(order_id)
    order_service.cancel(order.id, by=who())
    return told(_("Order %(number)s is cancelled.") % {"number": order.number}, "admin.order_page", order_id=order.id)
