"""Forms on pages. A browser sends text, whatever the field: here it becomes what a schema reads. And a form that did not do
comes back with what was typed and what is wrong (``portal.shows_again``)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import request
from marshmallow import fields, pre_load
from werkzeug.datastructures import MultiDict

from app.core.errors import DomainError
from app.core.shapes import Amount, Password, Shape
from app.portals.http import plain_words

Declared = Mapping[str, fields.Field[Any]]
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
_CHECKED = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Form:
    """What a page's fields show: as typed, and what is wrong with it, at the field or (``sentence``) with the whole."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    sentence: str | None = None
    code: str | None = None

    @classmethod
    def refused(cls, error: DomainError, declared: Declared) -> "Form":
        """Passwords are not sent back: they would lie about in the page and its copies."""
        sent: MultiDict[str, str] = request.form if request.method == "POST" else request.args
        shown = [name for name in sent if not isinstance(declared.get(name), Password)]
        typed = {name: sent.getlist(name) if isinstance(declared.get(name), fields.List) else sent[name] for name in shown}
        return cls(typed, plain_words.of_all(error.fields or {}), error.sentence, error.code)


EMPTY = Form()


class Asked(Shape):
    """A form that narrows a list down: a field left empty was not filled in. Stands before the filter it belongs to."""

    @pre_load
    def _without_blanks(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: text for name, text in data.items() if str(text).strip()}


def values_of(form: MultiDict[str, str], declared: Declared) -> dict[str, Any]:
    """What the form's texts mean to these fields. A field left empty counts as not sent; fields nobody declared are left out."""
    sent = {name: [text for text in form.getlist(name) if text.strip()] for name in declared if name in form}
    values = {name: _value(declared[name], texts) for name, texts in sent.items() if texts}
    keyed = {name: _keyed(form, name, field) for name, field in declared.items() if isinstance(field, fields.Dict)}
    return values | {name: inner for name, inner in keyed.items() if inner}


def _keyed(form: MultiDict[str, str], name: str, field: "fields.Dict") -> dict[str, Any]:
    """Of a field that holds values by key, each value is a field of the form by itself: ``pieces.s1``."""
    sent = {key.removeprefix(f"{name}."): texts for key, texts in form.lists() if key.startswith(f"{name}.")}
    return {key: _value(field.value_field, texts) for key, texts in sent.items() if texts[-1].strip()}  # type: ignore[arg-type]


def _value(declared: fields.Field[Any], texts: list[str]) -> Any:
    """Of several texts the last counts: a checkbox follows the hidden "no" that an empty one leaves behind."""
    if isinstance(declared, fields.List):
        return [_value(declared.inner, [text]) for text in texts]
    text = texts[-1]
    if isinstance(declared, fields.Boolean):
        return _CHECKED.get(text, text)
    if isinstance(declared, Amount | fields.Number) and _NUMBER.fullmatch(text.strip()):
        return Decimal(text.strip()) if "." in text or isinstance(declared, Amount) else int(text)
    return text
