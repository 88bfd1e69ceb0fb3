"""Whatever the library may say of a field that is ours, a page says in plain words and in its own language."""

import pytest
from marshmallow import Schema, fields, validate

from app.core import catalogues
from app.core.shapes import Line, Shape
from app.portals.http import plain_words


def everything_said_of(field: fields.Field) -> set[str]:
    values = {
        "min": 2,
        "max": 9,
        "choices": "a, b",
        "labels": "",
        "input": "x",
        "equal": 3,
        "other": 4,
        "obj_type": "datetime",
        "awareness": "aware",
    }
    validators = [one for one in field.validators if getattr(one, "error", None) is None]
    named = {getattr(one, name) for one in validators for name in dir(one) if name.startswith("message_") and "{min" in getattr(one, name)}
    named |= {one.default_message for one in validators if hasattr(one, "default_message")}
    inner = {field.inner} if isinstance(field, fields.List) else set()
    said = {message.replace("{input!r}", "x").format(**values) for message in {*field.error_messages.values(), *named}}
    return said.union(*(everything_said_of(one) for one in inner))


def shapes(kind: type[Schema] = Shape):
    return [kind, *(one for below in kind.__subclasses__() for one in shapes(below))]


def test_nothing_is_left_in_the_librarys_words(app):
    declared = [field for shape in shapes() for field in shape._declared_fields.values()]
    said = set().union(*(everything_said_of(field) for field in declared))
    assert len(declared) > 100
    assert len(said) > 15
    in_hindi = {sentence: catalogues.said(plain_words.of(sentence), "hi") for sentence in said}
    assert [sentence for sentence, hindi in in_hindi.items() if not any("\u0900" <= letter <= "\u097f" for letter in hindi)] == []


@pytest.mark.parametrize(
    ("check", "wrong", "says"),
    [
        (Line(longest=5), "too long", "Between 1 and 5 characters."),
        (fields.String(validate=validate.Length(max=3)), "long", "At most 3 characters."),
        (fields.Integer(validate=validate.Range(1, 9)), 10, "From 1 to 9."),
        (fields.Integer(), "ten", "Write a whole number."),
        (fields.String(validate=validate.OneOf(["a"])), "b", "Choose one of those that are offered."),
    ],
)
def test_says_what_to_do(check, wrong, says):
    ((sentence,),) = Schema.from_dict({"it": check})().validate({"it": wrong}).values()
    assert plain_words.of(sentence) == says


def test_a_page_says_it_in_its_language_and_a_program_reads_the_librarys_words(admin):
    typed = {"name": "N" * 300, "price": "5", "duration": "24"}
    page = admin.post("/admin/services/add", data=typed, headers={"Accept": "text/html", "Accept-Language": "hi"})
    assert "अक्षर" in page.text
    answer = admin.post("/admin/api/services", json={**typed, "price": 5})
    assert answer.json["fields"]["name"][0].startswith(("Longer than", "Length must be"))
