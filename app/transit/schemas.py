from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate

from app.core.shapes import Line, PageQuery, Shape
from app.transit.batch_rules import BatchStatus, BatchType

MOST_ORDERS = 1000
_ALSO = {"orderIds": "order_ids", "createdBy": "created_by"}


class BatchOrders(Shape):
    """The one request written with underscores; like everything else it may also be written ``orderIds``."""

    order_ids = fields.List(
        Line(longest=40),
        required=True,
        validate=validate.Length(1, MOST_ORDERS),
        metadata={"description": "The orders' ids, each counting once. May also be written orderIds."},
    )

    @pre_load
    def _either_spelling(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        for name, meant in _ALSO.items():
            if name in data and meant in data:
                raise ValidationError({name: [f"Send {meant} or {name}, not both."]})
        return {_ALSO.get(name, name) if _ALSO.get(name) in self.fields else name: value for name, value in data.items()}


class BatchCreate(BatchOrders):
    type = fields.String(validate=validate.OneOf(list(BatchType)), required=True)
    created_by = Line(
        longest=100,
        load_default=None,
        allow_none=True,
        metadata={"description": "A note; who really made it is in the audit. May also be written createdBy."},
    )


class BatchFilter(PageQuery):
    status = fields.String(validate=validate.OneOf(list(BatchStatus)), load_default=None)
