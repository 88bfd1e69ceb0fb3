from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app.core.shapes import Day, Line, Shape, Text
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
    receiptText = Text(longest=500, allow_none=True, metadata={"description": "Stands at the end of every receipt."})


class StoreCreate(StoreUpdate):
    code = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9-]{1,30}\Z", error="Must be 1 to 30 of a-z, 0-9 and -."))
    name = Line(longest=100, required=True)


ALWAYS, BY_DAY = "always", "by-day"
_Week = Shape.from_dict({f"{day}_{end}": fields.String(validate=CLOCK) for day in WEEKDAYS for end in ("from", "until")})


class StoreTyped(_Week):  # type: ignore[misc,valid-type]
    """The same as a person types it: two times for each weekday, and the closed days one to a line."""

    name = Line(longest=100, required=True)
    hours = fields.String(validate=validate.OneOf((ALWAYS, BY_DAY)), required=True)
    closed = Text(longest=6000, load_default="")
    receipt = Text(longest=500, load_default="")
    version = fields.Integer()

    @validates_schema
    def _both_or_neither(self, data: dict[str, Any], **_: Any) -> None:
        typed = {day: [data[f"{day}_{end}"] for end in ("from", "until") if f"{day}_{end}" in data] for day in WEEKDAYS}
        wrong = {day for day, times in typed.items() if times and (len(times) == 1 or times[0] >= times[1])}
        if data["hours"] == BY_DAY and wrong:
            raise ValidationError(
                {f"{day}_from": ["Two times are needed, the first before the second; none when it is closed."] for day in wrong}
            )
        if data["hours"] == BY_DAY and not any(typed.values()):
            raise ValidationError({"hours": ["Say when it is open on one day at least, or that it is always open."]})

    @post_load
    def _as_stored(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        week = {day: [data[f"{day}_from"], data[f"{day}_until"]] for day in WEEKDAYS if f"{day}_from" in data}
        days = [_day(line.strip()) for line in data["closed"].splitlines() if line.strip()]
        known = {"name": data["name"], "openingHours": week if data["hours"] == BY_DAY else None, "closedDays": days}
        return known | {"receiptText": data["receipt"] or None} | {name: data[name] for name in ("version",) if name in data}


def _day(line: str) -> Any:
    try:
        return Day().deserialize(line)
    except ValidationError as failure:
        raise ValidationError({"closed": ["Each line must be a day, written YYYY-MM-DD."]}) from failure
