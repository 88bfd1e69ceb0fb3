from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.core.shapes import Line, Shape, Text
from app.core.words import LANGUAGES
from app.messages.message_rules import Channel, Occasion


class Some(fields.List[Any]):
    """Any number of these, each once, in the order in which we list them. A form without one of them checked sends none."""

    def __init__(self, known: Any, **kwargs: Any):
        self.known = [str(one) for one in known]
        super().__init__(fields.String(validate=validate.OneOf(self.known)), load_default=list, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        chosen = super()._deserialize(value, attr, data, **kwargs)
        return [one for one in self.known if one in chosen]


class Choice(Shape):
    """What a customer chooses."""

    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(LANGUAGES)))
    channels = Some(Channel)


class SettingTyped(Shape):
    channels = Some(Channel)
    on = Some(Occasion)
    quietFrom = fields.String(load_default=None, validate=validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d"))
    quietUntil = fields.String(load_default=None, validate=validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d"))
    version = fields.Integer(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _both_or_none(self, data: Mapping[str, Any], **_: Any) -> None:
        for given, missing in (("quietFrom", "quietUntil"), ("quietUntil", "quietFrom")):
            if data[given] is not None and data[missing] is None:
                raise ValidationError("Say from when and until when, or neither.", missing)


class TextTyped(Shape):
    subject = Line(longest=150, required=True)
    body = Text(longest=4000, required=True)
    short = Text(longest=480, required=True)
    version = fields.Integer(required=True)
