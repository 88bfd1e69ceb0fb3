"""The API's description is complete and true: every documented door is in it, and answers look as it says."""

from typing import Any

import jsonschema
import pytest

from tests.support.orders import ORDER
from tests.support.people import ADMIN, ALICE, ERIN, bearer_of


@pytest.fixture
def document(client) -> dict[str, Any]:
    return client.get("/api/schema/").json


def check(document: dict[str, Any], path: str, response) -> None:
    operation = document["paths"][path][response.request.method.lower()]
    schema = operation["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
    jsonschema.validate(response.json, {**schema, "components": document["components"]}, jsonschema.Draft202012Validator)


def test_every_door_that_speaks_json_is_described(app, document):
    import re

    described = {(path, method) for path, operations in document["paths"].items() for method in operations}
    for rule in app.url_map.iter_rules():
        if re.match(r"/(api|auth|admin/api|employee/api|worker/api)/", rule.rule) and not rule.rule.startswith("/api/schema"):
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert (path, method.lower()) in described, f"{method} {path}: add @answers(status, shape, meaning)"


def test_answers_look_as_described(app, client, admin, alice, document):
    placed = client.post("/api/orders", json=ORDER)
    order_id = placed.json["order"]["id"]
    check(document, "/api/orders", placed)
    check(document, "/api/orders", client.post("/api/orders", json={}))
    check(document, "/api/orders", alice.get("/api/orders"))
    check(document, "/api/orders", client.get("/api/orders"))
    check(document, "/api/orders/{order_id}", admin.get(f"/api/orders/{order_id}"))
    check(document, "/api/orders/{order_id}", alice.get(f"/api/orders/{order_id}"))
    check(document, "/api/orders/{order_id}", alice.get("/api/orders/000000000000"))
    check(document, "/api/services", client.get("/api/services"))
    check(document, "/auth/login", client.post("/auth/login", json=ALICE.credentials))
    check(document, "/auth/login", client.post("/auth/login", json={"email": "x", "password": "y"}))
    check(document, "/admin/login", client.post("/admin/login", json={"username": ADMIN.login, "password": ADMIN.password}))
    check(document, "/employee/login", client.post("/employee/login", json=ERIN.credentials))
    check(document, "/admin/api/services", admin.get("/admin/api/services"))
    check(document, "/admin/api/services/{service_id}", admin.put("/admin/api/services/s1", json={"price": 1}))
    check(document, "/admin/api/services/{service_id}", admin.put("/admin/api/services/s1", json={"price": "1"}))
    check(document, "/admin/api/services/{service_id}", client.put("/admin/api/services/s1", json={"price": 1}))
    check(document, "/health/ready", client.get("/health/ready"))
    check(document, "/auth/logout", client.post("/auth/logout", headers=bearer_of(app, ALICE)))


def test_an_answer_that_differs_is_noticed(client, document):
    response = client.get("/api/services")
    del document["components"]["schemas"]["Service"]["properties"]["price"]
    with pytest.raises(jsonschema.ValidationError):
        check(document, "/api/services", response)


def test_the_pages_are_served_from_here(client):
    for path in ("/api/schema/swagger-ui/", "/api/schema/redoc/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "//" not in page.text.replace("<!doctype html>", "").replace('lang="en"', "").split("<body>")[1]
    assert client.get("/swagger/").headers["Location"] == "/api/schema/swagger-ui/"
