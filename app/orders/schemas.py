from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app.catalogue.schemas import SERVICE_ID
from app.core.shapes import Day, Email, Line, Phone, Shape, Text

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
