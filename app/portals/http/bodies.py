"""One reader for everything that comes in. What it lets through is safe for either database and means one thing only."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from flask import request
from marshmallow import Schema, ValidationError

from app.core.errors import Invalid, StaleVersion
from app.portals.http import forms

DEEPEST = 20
LARGEST_JSON = 256 * 1024
LARGEST_INTEGER = 2**53
_SURROGATE = re.compile("[\ud800-\udfff]")
_MISSING = {"Missing data for required field.", "Field may not be null.", "Shorter than minimum length 1.", "Length must be between"}


class ExpectedJson(Invalid):
    code = "expected_json"
    sentence = "Expected JSON"


class MissingFields(Invalid):
    code = "missing_fields"
    sentence = "Missing fields"


class TooLarge(Invalid):
    code = "too_large"
    sentence = f"The body is larger than {LARGEST_JSON // 1024} kB."


def loads(text: str | bytes) -> Any:
    """JSON without its traps: no NaN, no duplicate keys, no NUL, no half characters, no number that loses digits."""
    try:
        value = json.loads(
            text, parse_float=_decimal, parse_int=_integer, parse_constant=_refuse_constant, object_pairs_hook=_no_duplicates
        )
    except (ValueError, RecursionError) as failure:
        raise _wrong(failure) from failure
    _check(value, 0)
    return value


def read_body(schema: Schema, *, form: bool) -> dict[str, Any]:
    if form and not request.is_json:
        values = forms.values_of(request.form, schema.fields)
        _check(values, 0)
        return _load(schema, values)
    if not request.is_json:
        raise ExpectedJson
    raw = request.get_data()
    if len(raw) > LARGEST_JSON:
        raise TooLarge
    value = loads(raw)
    if not isinstance(value, dict):
        raise ExpectedJson("Expected JSON: an object in braces.")
    return _load(schema, value)


def read_query(schema: Schema) -> dict[str, Any]:
    unknown = [name for name in request.args if name not in schema.fields]
    if unknown:
        raise Invalid(f"Unknown parameter {unknown[0][:40]!r}.", fields={name[:40]: ["Unknown parameter."] for name in unknown[:20]})
    values = request.args.to_dict()
    _check(values, 0)
    return _load(schema, values)


def read_version() -> int | None:
    """The version in ``If-Match``. ``*`` means any; a tag that never was one of ours cannot match."""
    tag = request.headers.get("If-Match")
    if tag is None or tag.strip() == "*":
        return None
    match = re.fullmatch(r'"v(\d{1,18})"', tag.strip())
    if match is None:
        raise StaleVersion
    return int(match[1])


def _load(schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(schema.load(value))
    except ValidationError as failure:
        fields = dict(flat(failure.messages))
        if any(sentence.startswith(tuple(_MISSING)) and not value.get(name) for name, (sentence, *_) in fields.items()):
            raise MissingFields(fields=fields) from failure
        name, sentences = next(iter(fields.items()))
        raise Invalid(f"{name}: {sentences[0]}", fields=fields) from failure


def flat(messages: Any, path: str = "") -> Any:
    """``{"items": {0: {"quantity": ["…"]}}}`` as ``items.0.quantity``."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, [str(sentence) for sentence in (messages if isinstance(messages, list) else [messages])]


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise _wrong("it is nested too deeply")
    if isinstance(value, str):
        if "\x00" in value or _SURROGATE.search(value):
            raise _wrong("a text holds a character that cannot be stored")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name, depth)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError("a number is out of range")
    return number


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST_INTEGER:
        raise ValueError("a number is too large; send it as a text if it is an identifier")
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a field is given twice")
    return value


def _wrong(reason: object) -> ExpectedJson:
    detail = "it is nested too deeply" if isinstance(reason, RecursionError) else str(reason)
    if isinstance(reason, json.JSONDecodeError | UnicodeDecodeError):
        detail = "the body cannot be read as JSON"
    return ExpectedJson(f"Expected JSON: {detail[:100]}.")
