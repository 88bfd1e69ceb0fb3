"""What a browser's texts become, and how a form comes back."""

from decimal import Decimal

import pytest
from marshmallow import fields
from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.core.shapes import Amount, Line, Password, Shape
from app.portals.http import forms
from tests.support.people import ADMIN

PAGE = {"Accept": "text/html"}
GOOD = {"name": "Shirts", "price": "49.50", "duration": "36"}


class Everything(Shape):
    name = Line(longest=10)
    price = Amount()
    count = fields.Integer(strict=True)
    wanted = fields.Boolean(truthy={True}, falsy={False})
    services = fields.List(fields.String())
    pieces = fields.Dict(fields.String(), fields.Integer())
    password = Password()


DECLARED = Everything().fields


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ([("price", "49.50")], {"price": Decimal("49.50")}),
        ([("price", " 200 ")], {"price": Decimal(200)}),
        ([("price", "49,50")], {"price": "49,50"}),  # the schema says what is wrong with it
        ([("price", "1e3")], {"price": "1e3"}),
        ([("price", "٣")], {"price": "٣"}),
        ([("count", "3")], {"count": 3}),
        ([("wanted", "no"), ("wanted", "yes")], {"wanted": True}),
        ([("wanted", "no")], {"wanted": False}),
        ([("services", "s1"), ("services", "s2")], {"services": ["s1", "s2"]}),
        ([("pieces.s1", "2"), ("pieces.s2", ""), ("pieces.s3", "two"), ("other.s1", "1")], {"pieces": {"s1": 2, "s3": "two"}}),
        ([("name", "  ")], {}),
        ([("name", "")], {}),
        ([("unknown", "x"), ("name", "a")], {"name": "a"}),
    ],
)
def test_texts_become_what_the_fields_declare(sent, read):
    assert forms.values_of(MultiDict(sent), DECLARED) == read


def test_a_form_that_does_not_do_comes_back_with_what_was_typed(admin):
    response = admin.post("/admin/services/add", data={**GOOD, "name": "<Shirts>", "price": "a lot"}, headers=PAGE)
    assert response.status_code == 400
    assert "&lt;Shirts&gt;" in response.text
    assert 'value="a lot"' in response.text
    assert 'aria-invalid="true"' in response.text
    assert all(service["name"] != "<Shirts>" for service in admin.get("/admin/api/services").json)


def test_an_empty_field_is_asked_for_in_plain_words(admin):
    response = admin.post("/admin/services/add", data={"name": " ", "price": "5", "duration": "24"}, headers=PAGE)
    assert response.status_code == 400
    assert "Fill this in." in response.text
    assert "Missing data" not in response.text


def test_a_password_is_never_sent_back(client):
    typed = {"name": "Nina", "email": "not an e-mail", "phone": "555-0100", "password": "seven green lamps hum"}
    response = client.post("/customer/signup", data=typed, headers=PAGE)
    assert response.status_code == 400
    assert "not an e-mail" in response.text
    assert "lamps" not in response.text


def test_a_form_that_comes_back_does_not_even_hold_the_password(app):
    with app.test_request_context("/", method="POST", data={"name": "Nina", "password": "seven green lamps hum"}):
        assert dict(forms.Form.refused(Invalid("x"), DECLARED).typed) == {"name": "Nina"}


def test_a_program_that_sends_a_form_gets_json(admin):
    response = admin.post("/admin/services/add", data={**GOOD, "price": "a lot"})
    assert response.status_code == 400
    assert "price" in response.json["fields"]


def test_too_many_tries_are_said_at_the_form_too(client):
    wrong = {"username": ADMIN.login, "password": "wrong"}
    answers = [client.post("/admin/login", data=wrong, headers=PAGE) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Too many tries" in answers[-1].text
    assert f'value="{ADMIN.login}"' in answers[-1].text


def test_a_null_character_is_refused_before_it_reaches_a_database(client):
    response = client.post("/customer/login", data={"email": "a\x00b", "password": "x"})
    assert response.status_code == 400
