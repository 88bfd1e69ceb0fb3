"""Fields that many schemas share: what a name, an e-mail, a phone number, an amount or a day looks like.

Every text is bounded and one line unless it says otherwise; numbers are numbers, never texts that look like one.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.core.pagination import DEFAULT_LIMIT, LARGEST_LIMIT

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


class Shape(Schema):
    """What a request may say. Unknown fields are refused, so that a misspelt one is not silently lost."""

    class Meta:
        unknown = RAISE


class Line(fields.String):
    """One line of text, trimmed."""

    def __init__(self, *, longest: int, shortest: int = 1, **kwargs: Any):
        super().__init__(validate=validate.Length(shortest, longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if _CONTROL.search(text) or "\n" in text or "\t" in text:
            raise ValidationError("Must be one line without control characters.")
        return text


class Text(fields.String):
    """Several lines of text."""

    def __init__(self, *, longest: int, **kwargs: Any):
        super().__init__(validate=validate.Length(0, longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).replace("\r\n", "\n").strip()
        if _CONTROL.search(text):
            raise ValidationError("Must not contain control characters.")
        return text


class Email(Line):
    def __init__(self, **kwargs: Any):
        kwargs.setdefault("metadata", {})["format"] = "email"
        super().__init__(longest=254, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError as failure:
            raise ValidationError(f"Not an e-mail address: {failure}") from failure


class Phone(Line):
    """A phone number as people write it. With a country code it is checked; without, it is kept as typed."""

    def __init__(self, **kwargs: Any):
        super().__init__(longest=32, shortest=3, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(r"\+?[0-9 ()./-]{3,32}", text) or not 3 <= sum(c.isdigit() for c in text) <= 15:
            raise ValidationError("Not a phone number: use digits, with + and the country code when abroad.")
        if text.startswith("+"):
            try:
                return phonenumbers.format_number(phonenumbers.parse(text), phonenumbers.PhoneNumberFormat.E164)
            except phonenumbers.NumberParseException as failure:
                raise ValidationError("Not a phone number: the country code is unknown.") from failure
        return text


class Password(fields.String):
    """Any characters at all; what makes one acceptable is ``identity``'s to say, of a new one only."""

    def __init__(self, **kwargs: Any):
        super().__init__(validate=validate.Length(1, 1024), metadata={"format": "password"}, **kwargs)


class Amount(fields.Field[Decimal]):
    """A JSON number in major units. How many decimals it may have depends on the currency, so the service checks that."""

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "number", "minimum": 0, "example": 200.0}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ValidationError("Must be a number, not a text.")
        amount = Decimal(value)
        if not amount.is_finite() or amount < 0:
            raise ValidationError("Must be a number that is not negative.")
        return amount


class YesNo(fields.Boolean):
    """true or false; 1 and 0 are numbers."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class Day(fields.Field[date]):
    """``YYYY-MM-DD``, and nothing else that might be read as a day."""

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "string", "format": "date"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError as failure:
                raise ValidationError("There is no such day.") from failure
        raise ValidationError("Must be a day, written YYYY-MM-DD.")


class PageQuery(Shape):
    """What every list can be asked."""

    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, LARGEST_LIMIT))
    cursor = fields.String(validate=validate.Length(1, 200), load_default=None)
