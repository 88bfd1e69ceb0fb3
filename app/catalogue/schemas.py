from typing import Any

from marshmallow import fields, pre_load, validate

from app.core.shapes import Amount, Line, Shape, YesNo

DURATION = validate.Regexp(r"^[1-9][0-9]{0,2}h$", error="Must be whole hours, written like 24h.")
SERVICE_ID = validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$", error="Must be 1 to 20 letters, digits, hyphens or underscores.")


class ServiceCreate(Shape):
    id = fields.String(validate=SERVICE_ID)
    name = Line(longest=100, required=True)
    price = Amount(required=True)
    duration = fields.String(validate=DURATION, required=True)


class ServiceTyped(ServiceCreate):
    """As people type it into a form or a table: hours as a number, without the h."""

    @pre_load
    def _hours(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        hours = str(data.get("duration", "")).strip()
        return data | {"duration": f"{hours}h"} if hours.isdecimal() else data


class ServiceRow(ServiceTyped):
    """A row of a price list. The currency is there to be compared: 200 of another one would be another price."""

    currency = Line(longest=3)
    active = YesNo()


class ServiceUpdate(Shape):
    name = Line(longest=100)
    price = Amount()
    duration = fields.String(validate=DURATION)
    active = YesNo()
