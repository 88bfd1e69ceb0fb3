from marshmallow import ValidationError, fields, validate

from app.core.shapes import Day, Line, Shape
from app.places.opening_rules import WEEKDAYS

CLOCK = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", error="Must be a time of day, written like 09:00.")


def _opens_before_it_closes(hours: list[str]) -> None:
    if len(hours) != 2 or hours[0] >= hours[1]:
        raise ValidationError("Must be two times, the first before the second.")


class StoreUpdate(Shape):
    name = Line(longest=100)
    openingHours = fields.Dict(
        keys=fields.String(validate=validate.OneOf(WEEKDAYS)),
        values=fields.List(fields.String(validate=CLOCK), validate=_opens_before_it_closes),
        validate=validate.Length(min=1),
        allow_none=True,
        metadata={"description": "From and to by weekday; a weekday left out is closed. null: never closed."},
    )
    closedDays = fields.List(Day(), validate=validate.Length(0, 400))
