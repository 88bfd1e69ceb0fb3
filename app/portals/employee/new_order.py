"""Taking an order at the counter: who, what, and done."""

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, fields, validate, validates, validates_schema

from app.catalogue import queries as catalogue
from app.core import clock, ids
from app.core.errors import KeyReused
from app.core.shapes import Day, Email, Line, Phone, Shape, Text
from app.customers import queries as customers
from app.identity.permissions import Permission
from app.labels import codes
from app.orders import order_service
from app.orders.schemas import MOST_PIECES
from app.portals.employee import employee
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import asks, permits, reads, shows_again

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Prefilled(Shape):
    """What the one box knows already."""

    customer = fields.Integer(validate=validate.Range(1, 2**53))
    name = Line(longest=200)
    phone = Line(longest=200)
    email = Line(longest=254)


class OrderForm(Shape):
    customerId = fields.Integer(strict=True, validate=validate.Range(1, 2**53))
    customerName = Line(longest=100)
    customerPhone = Phone()
    customerEmail = Email()
    code = fields.String()
    pieces = fields.Dict(
        fields.String(),
        fields.Integer(strict=True, validate=validate.Range(0, MOST_PIECES)),
        required=True,
        error_messages={"required": "Choose at least one service."},
    )
    pickupDate = Day()
    specialInstructions = Text(longest=1000)

    @validates("code")
    def _read(self, code: str, **_: Any) -> None:
        if ids.read_code(code) != code:
            raise ValidationError("Not a code.")

    @validates_schema(skip_on_field_errors=False)
    def _somebody(self, data: dict[str, Any], **_: Any) -> None:
        if "customerId" not in data and (missing := {"customerName", "customerPhone"} - data.keys()):
            raise ValidationError({name: ["Missing data for required field."] for name in sorted(missing)})

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not any(data["pieces"].values()):
            raise ValidationError({"pieces": ["Choose at least one service."]})


@employee.get("/orders/new")
@permits(Permission.ORDER_TAKE)
@asks(Prefilled)
def new_order(query: Mapping[str, Any] = NOTHING, form: Form = EMPTY) -> str:
    customer_id = form.typed.get("customerId") or query.get("customer")
    customer = customers.get_for_staff(int(customer_id)).to_dict() if customer_id and str(customer_id).isdecimal() else None
    now = clock.now()
    services = [
        {**service.to_dict(), "dueAt": clock.wire(order_service.promise([service.duration_hours], at=now))}
        for service in catalogue.offered()
    ]
    # A fresh key each time the form is shown: what is sent from this page, however often, is one order.
    shown = {"customer": customer, "services": services, "query": query, "most": MOST_PIECES, "key": secrets.token_urlsafe(16)}
    shown["bars"] = " ".join(map(str, codes.symbols()))  # so that a slip can be printed while the server is away
    return render_template("employee/orders/new.html", form=form, **shown)


@employee.post("/orders/new")
@permits(Permission.ORDER_TAKE)
@reads(OrderForm, form=True)
@shows_again(new_order, also=(KeyReused,))
def take_order_page(data: dict[str, Any]) -> ResponseReturnValue:
    pieces = data.pop("pieces")
    line = {"garment": None, "notes": None}
    items = [{"serviceId": service_id, "quantity": quantity, **line} for service_id, quantity in pieces.items() if quantity]
    order = order_service.place({**data, "items": items}, by=who())
    return redirect(url_for("employee.print_order", order_id=order.id, placed="yes"), 303)
