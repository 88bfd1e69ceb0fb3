from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app.catalogue.schemas import SERVICE_ID
from app.core.shapes import Day, Email, Line, PageQuery, Phone, Shape, Text
from app.orders.order_rules import Station, Status

MOST_LINES, MOST_PIECES = 200, 1000


class OrderItemCreate(Shape):
    serviceId = fields.String(validate=SERVICE_ID, required=True)
    quantity = fields.Integer(strict=True, validate=validate.Range(1, MOST_PIECES), load_default=1)
    garment = Line(longest=60, load_default=None, allow_none=True)
    notes = Line(longest=200, load_default=None, allow_none=True)


class OrderCreate(Shape):
    """Either ``serviceIds`` or ``items``. A ``total`` is read and forgotten: the server knows its prices."""

    customerName = Line(longest=100, required=True)
    customerEmail = Email(required=True)
    customerPhone = Phone(required=True)
    serviceIds = fields.List(fields.String(validate=SERVICE_ID), validate=validate.Length(1, MOST_PIECES))
    items = fields.List(fields.Nested(OrderItemCreate), validate=validate.Length(1, MOST_LINES))
    pickupDate = Day(load_default=None, allow_none=True)
    specialInstructions = Text(longest=1000, load_default="")
    total = fields.Raw(load_only=True, allow_none=True, metadata={"description": "Ignored: the server prices the order."})

    @validates_schema(skip_on_field_errors=False)
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if ("serviceIds" in data) == ("items" in data):
            word = "Missing data for required field." if "items" not in data else "Send serviceIds or items, not both."
            raise ValidationError({"serviceIds": [word]})

    @post_load
    def _forget_total(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data.pop("total", None)
        return data


class CounterOrderCreate(OrderCreate):
    """At the counter the customer may be one on file, or somebody new with a name and a phone and nothing else."""

    customerId = fields.Integer(strict=True, validate=validate.Range(1, 2**53))
    customerName = Line(longest=100)
    customerEmail = Email(allow_none=True)
    customerPhone = Phone()

    @validates_schema(skip_on_field_errors=False)
    def _somebody(self, data: dict[str, Any], **_: Any) -> None:
        if "customerId" not in data and (missing := {"customerName", "customerPhone"} - data.keys()):
            raise ValidationError({name: ["Missing data for required field."] for name in sorted(missing)})


class OrderUpdate(Shape):
    pickupDate = Day(allow_none=True)
    specialInstructions = Text(longest=1000)


class OrderStaffUpdate(OrderUpdate):
    status = fields.String(validate=validate.OneOf(list(Status)))


class Scan(Shape):
    code = Line(longest=60, required=True)
    station = fields.String(validate=validate.OneOf(list(Station)), required=True)


class OrderFilter(PageQuery):
    status = fields.String(validate=validate.OneOf(list(Status)), load_default=None)
