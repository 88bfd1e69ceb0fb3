"""One's own data: a copy, another password, and to be forgotten."""

import pytest

from tests.portals.admin.test_customers import rows_holding
from tests.support.orders import place
from tests.support.people import ALICE, BOB, ERIN, PASSWORD, bearer_of, client_of

FRESH = "eleven calm badgers dig"
STAFF_FRESH = "twelve proud geese march"


def test_exports_everything_of_ones_own_and_nothing_of_anybody_else(alice, bob):
    orders = [place(alice, customerEmail=ALICE.login)["id"] for _ in range(2)]
    place(bob, customerEmail=BOB.login)
    response = alice.get("/api/me/export")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert response.json["customer"]["email"] == ALICE.login
    assert {exported["order"]["id"] for exported in response.json["orders"]} == set(orders)
    assert [step["status"] for step in response.json["orders"][0]["timeline"]] == ["At Store"]
    assert response.json["signIns"][0]["kind"] == "browser"
    assert "Bob" not in response.text


def test_exports_more_than_a_page(alice):
    for _ in range(3):
        place(alice, customerEmail=ALICE.login)
    from app.portals.api import me

    assert me.LARGEST_LIMIT == 100
    assert len(alice.get("/api/me/export").json["orders"]) == 3


def test_erases_oneself_with_the_password(app, client, alice):
    order = place(alice, customerEmail=ALICE.login, customerName=ALICE.name)
    bearer = bearer_of(app, ALICE)
    wrong = alice.delete("/api/me", json={"password": "wrong"})
    assert (wrong.status_code, wrong.json["code"]) == (400, "wrong_password")
    assert alice.delete("/api/me", json={}).status_code == 400
    assert alice.delete("/api/me", json={"password": PASSWORD}).json == {"message": "Deleted"}
    assert alice.get("/api/orders").status_code == 401
    assert client.get("/api/orders", headers=bearer).status_code == 401
    assert client.post("/auth/login", json=ALICE.credentials).status_code == 401
    assert rows_holding(app, "Archer") == []
    assert [row for row in rows_holding(app, ALICE.login) if row[0] != "control_rate_entry"] == []
    assert client.get(f"/api/orders/{order['id']}").status_code == 401


def test_each_role_at_the_doors(client, worker, employee, admin):
    for somebody, status in ((client, 401), (worker, 403), (employee, 403), (admin, 403)):
        assert somebody.get("/api/me/export").status_code == status
        assert somebody.delete("/api/me", json={"password": PASSWORD}).status_code == status
    assert client.put("/api/me/password", json={"currentPassword": PASSWORD, "password": FRESH}).status_code == 401


@pytest.mark.parametrize(("person", "fresh"), [(ALICE, FRESH), (ERIN, STAFF_FRESH)])
def test_a_new_password_needs_the_current_one_and_ends_other_sign_ins(app, client, person, fresh):
    here, there, program = client_of(app, person), client_of(app, person), bearer_of(app, person)
    refused = here.put("/api/me/password", json={"currentPassword": "wrong", "password": fresh})
    assert (refused.status_code, refused.json["code"]) == (400, "wrong_password")
    assert there.get("/api/orders").status_code == 200
    assert here.put("/api/me/password", json={"currentPassword": PASSWORD, "password": fresh}).status_code == 200
    assert here.get("/api/orders").status_code == 200
    assert there.get("/api/orders").status_code == 401
    assert client.get("/api/orders", headers=program).status_code == 401
    assert client.post(person.sign_in_path, json=person.credentials).status_code == 401
    assert client.post(person.sign_in_path, json={"email": person.login, "password": fresh}).status_code == 200


def test_refuses_a_weak_new_password(alice, employee):
    for somebody, weak in ((alice, "alicearcher99"), (alice, "short"), (employee, "plum ink vow 4")):
        response = somebody.put("/api/me/password", json={"currentPassword": PASSWORD, "password": weak})
        assert response.json["code"] == "weak_password"


def test_guessing_the_current_password_is_limited(alice):
    guesses = [alice.put("/api/me/password", json={"currentPassword": f"guess {n}", "password": FRESH}) for n in range(11)]
    assert [guess.status_code for guess in guesses] == [400] * 10 + [429]
    assert alice.delete("/api/me", json={"password": PASSWORD}).status_code == 429
