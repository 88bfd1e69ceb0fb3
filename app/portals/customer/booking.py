"""A customer announces what they will bring, or has the van collect it."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, fields, validate, validates_schema

from app.catalogue import queries as catalogue
from app.core.errors import KeyReused
from app.core.shapes import Day, Line, Shape, Text, YesNo
from app.identity.permissions import Permission
from app.logistics import booking_service, delivery_service
from app.orders import order_service, queries
from app.orders.schemas import MOST_PIECES
from app.portals.customer import customer
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import asks, permits, reads, shows_again


class Again(Shape):
    """An earlier order whose services are wanted once more."""

    order = Line(longest=40)


class Booking(Shape):
    pieces = fields.Dict(
        fields.String(),
        fields.Integer(strict=True, validate=validate.Range(0, MOST_PIECES)),
        required=True,
        error_messages={"required": "Choose at least one service."},
    )
    collect = YesNo(load_default=False)
    address = Text(longest=300)
    day = Day()
    window = Line(longest=60)
    specialInstructions = Text(longest=1000, load_default="")

    @validates_schema
    def _complete(self, data: dict[str, Any], **_: Any) -> None:
        if not any(data["pieces"].values()):
            raise ValidationError({"pieces": ["Choose at least one service."]})
        if data["collect"] and (missing := {"address", "day"} - data.keys()):
            raise ValidationError({name: ["Missing data for required field."] for name in sorted(missing)})


@customer.get("/book")
@permits(Permission.CUSTOMER_VISIT)
@asks(Again)
def book_page(query: dict[str, Any] | None = None, form: Form = EMPTY) -> str:
    services = [service.to_dict() for service in catalogue.offered()]
    earlier = _pieces_of(query["order"]) if query and "order" in query else {}
    # A fresh key each time the form is shown: what is sent from this page, however often, is one order.
    shown = {"services": services, "earlier": earlier, "most": MOST_PIECES, "key": secrets.token_urlsafe(16)}
    return render_template("customer/book.html", form=form, today=delivery_service.today(), **shown)


@customer.post("/book")
@permits(Permission.CUSTOMER_VISIT)
@reads(Booking, form=True)
@shows_again(book_page, also=(KeyReused,))
def book(data: dict[str, Any]) -> ResponseReturnValue:
    line = {"garment": None, "notes": None}
    items = [{"serviceId": service_id, "quantity": quantity, **line} for service_id, quantity in data.pop("pieces").items() if quantity]
    order = booking_service.book({**data, "items": items}, by=who())
    flash(str(order.number), "order-collected" if data["collect"] else "order-announced")
    return redirect(url_for("customer.order_page", order_id=order.id), 303)


def _pieces_of(code: str) -> dict[str, int]:
    row = queries.get_by_code(code)
    order_service.ensure_readable(row, by=who())
    pieces: dict[str, int] = {}
    for item in queries.as_dict(row)["items"]:
        pieces[item["serviceId"]] = pieces.get(item["serviceId"], 0) + item["quantity"]
    return pieces
