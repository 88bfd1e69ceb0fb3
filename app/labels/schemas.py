from marshmallow import fields, validate

from app.core.shapes import Shape
from app.labels.stock_rules import DEFAULT_STOCK, STOCKS

MOST_LABELS = 1000


class LabelQuery(Shape):
    stock = fields.String(
        load_default=DEFAULT_STOCK,
        validate=validate.OneOf(STOCKS, error="There is no such label stock. Known are {choices}."),
        metadata={"description": "The label's size in millimetres, or the sheet it is printed on."},
    )


class LabelSheet(LabelQuery):
    orderIds = fields.List(fields.String(validate=validate.Length(1, 60)), required=True, validate=validate.Length(1, MOST_LABELS))
