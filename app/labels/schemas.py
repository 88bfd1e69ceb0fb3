from marshmallow import fields, validate

from app.core.shapes import Shape
from app.labels.stock_rules import DEFAULT_STOCK, STOCKS


class LabelQuery(Shape):
    stock = fields.String(
        load_default=DEFAULT_STOCK,
        validate=validate.OneOf(STOCKS, error="There is no such label stock. Known are {choices}."),
        metadata={"description": "The label's size in millimetres, or the sheet it is printed on."},
    )
