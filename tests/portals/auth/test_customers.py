"""Signing up, in and out, and what a token is good for."""

import time
from types import SimpleNamespace

import jwt
import pytest

from app.customers import queries as customers
from tests.support.orders import place
from tests.support.people import ALICE, BOB, ERIN, PASSWORD, bearer_of
from tests.support.shop import inside

JANE = {"name": "Jane Smith", "email": "jane@example.com", "phone": "+14155550123", "password": "nine slow otters swim"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_signs_up_and_is_signed_in(client):
    response = client.post("/auth/signup", json=JANE)
    assert response.status_code == 201
    assert response.json["customer"] | {"id": 0, "createdAt": ""} == {
        "id": 0, "name": JANE["name"], "email": JANE["email"], "phone": JANE["phone"], "createdAt": "",
    }  # fmt: skip
    assert client.get("/api/orders", headers=bearer(response.json["token"])).json == []


def test_a_taken_email_is_refused_in_any_case(client):
    assert client.post("/auth/signup", json=JANE).status_code == 201
    again = client.post("/auth/signup", json={**JANE, "email": JANE["email"].upper()})
    assert (again.status_code, again.json["error"]) == (400, "Email exists")


def test_a_walk_ins_email_is_not_for_whoever_types_it_first(app, client):
    place(client, customerEmail=JANE["email"])
    assert client.post("/auth/signup", json=JANE).json["error"] == "Email exists"
    with inside(app):
        assert customers.find_by_email(JANE["email"]).name == "Jane Smith"


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "defaultpassword", "janejanejanesmith", "x" * 129, "fabclean12345678"])
def test_refuses_a_weak_password(client, password):
    response = client.post("/auth/signup", json={**JANE, "password": password})
    assert response.status_code == 400
    assert "password" in response.json["fields"]


def test_missing_fields_answer_exactly(client):
    response = client.post("/auth/signup", json={"email": "x@example.com"})
    assert response.status_code == 400
    assert response.json["error"] == "Missing fields"
    assert set(response.json["fields"]) == {"name", "phone", "password"}


def test_logs_in(client):
    response = client.post("/auth/login", json={"email": " ALICE@example.com ", "password": PASSWORD})
    assert response.status_code == 200
    assert response.json["customer"]["email"] == ALICE.login
    assert set(response.json) == {"token", "refreshToken", "customer"}


def test_unknown_and_wrong_look_alike(client):
    answers = [
        client.post("/auth/login", json={"email": email, "password": "wrong"}) for email in (ALICE.login, "nobody@example.com", ERIN.login)
    ]
    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {(401, "Invalid credentials")}


def test_unknown_takes_as_long_as_wrong(client):
    def seconds(email: str) -> float:
        began = time.perf_counter()
        client.post("/auth/login", json={"email": email, "password": "wrong"})
        return time.perf_counter() - began

    seconds("warm@example.com")
    known = min(seconds(ALICE.login) for _ in range(5))
    unknown = min(seconds(f"nobody{n}@example.com") for n in range(5))
    assert 0.5 < known / unknown < 2  # without the dummy hash the unknown one takes a tenth


def test_claims_are_as_documented(client):
    claims = jwt.decode(client.post("/auth/login", json=ALICE.credentials).json["token"], options={"verify_signature": False})
    assert isinstance(claims["sub"], str)
    assert (claims["typ"], claims["role"], claims["aud"], claims["ten"], claims["ver"]) == ("access", "customer", "customer", "main", 1)
    assert claims["jti"]
    assert claims["exp"] - claims["iat"] == 3600


def test_refreshing_rotates_and_reuse_ends_the_family(client):
    first = client.post("/auth/login", json=ALICE.credentials).json
    second = client.post("/auth/refresh", json={"refreshToken": first["refreshToken"]}).json
    assert client.get("/api/orders", headers=bearer(second["token"])).status_code == 200
    assert client.post("/auth/refresh", json={"refreshToken": first["refreshToken"]}).status_code == 401
    assert client.get("/api/orders", headers=bearer(second["token"])).status_code == 401
    assert client.post("/auth/refresh", json={"refreshToken": second["refreshToken"]}).status_code == 401


def test_an_access_token_does_not_refresh_nor_the_reverse(client):
    tokens = client.post("/auth/login", json=ALICE.credentials).json
    assert client.post("/auth/refresh", json={"refreshToken": tokens["token"]}).status_code == 401
    assert client.get("/api/orders", headers=bearer(tokens["refreshToken"])).status_code == 401


def test_logging_out_works_at_once_and_for_this_sign_in_only(app, client):
    here, there = bearer_of(app, ALICE), bearer_of(app, ALICE)
    assert client.post("/auth/logout", headers=here).json == {"message": "Signed out"}
    assert client.get("/api/orders", headers=here).status_code == 401
    assert client.get("/api/orders", headers=there).status_code == 200
    assert client.post("/auth/logout").status_code == 401


def test_a_staff_token_is_not_a_customers(app, client):
    assert client.get("/api/orders", headers=bearer_of(app, ERIN)).status_code == 200  # staff read orders
    assert client.get("/customer/", headers=bearer_of(app, ERIN)).status_code == 403
    assert client.get("/admin/api/orders", headers=bearer_of(app, BOB)).status_code == 403


@pytest.mark.parametrize("forgery", ["none", "other key", "other tenant", "later role", "no session", "expired", "truncated", "garbage"])
def test_refuses_a_forged_token(app, client, forgery):
    from app.portals.http import tokens

    genuine = bearer_of(app, ALICE)["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(genuine, options={"verify_signature": False})
    with inside(app):
        key = tokens._key()
    changed = {
        "other tenant": {"ten": "other"},
        "later role": {"role": "admin"},
        "no session": {"sid": "nobody's"},
        "expired": {"exp": int(time.time()) - 60},
    }
    token = {
        "none": lambda: jwt.encode(claims, None, algorithm="none"),
        "other key": lambda: jwt.encode(claims, app.config["JWT_SECRET_KEY"]),
        "truncated": lambda: genuine[:-4],
        "garbage": lambda: "a.b.c",
    }.get(forgery, lambda: jwt.encode({**claims, **changed[forgery]}, key))()
    assert client.get("/api/orders", headers=bearer(token)).status_code == 401
    assert client.get("/api/orders", headers=bearer(jwt.encode(claims, key))).status_code == 200  # the test's own signing is right


def test_a_token_that_was_good_runs_out(app, client, monkeypatch):
    """What was found of its signature is remembered; until when it is good is asked each time."""
    from app.portals.http import tokens

    headers = bearer_of(app, ALICE)
    assert client.get("/api/orders", headers=headers).status_code == 200
    ends = jwt.decode(headers["Authorization"].removeprefix("Bearer "), options={"verify_signature": False})["exp"]
    monkeypatch.setattr(tokens, "time", SimpleNamespace(time=lambda: ends))
    assert client.get("/api/orders", headers=headers).status_code == 401
