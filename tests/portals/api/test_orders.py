"""Placing an order and reading it back: what it costs, who may see it, and what bad input is told."""

import re

import pytest

from app.core import ids
from app.customers import queries as customers
from tests.support.orders import ORDER, place, place_for
from tests.support.people import ALICE, BOB, bearer_of
from tests.support.shop import inside


def test_places_an_order_as_documented(client):
    response = client.post("/api/orders", json=ORDER)
    assert response.status_code == 201
    order = response.json["order"]
    assert re.fullmatch("[0-9a-hjkmnp-tv-z]{12}", order["id"])
    assert ids.read_code(order["id"]) == order["id"]
    assert order | {"id": "", "items": [], "dueAt": "", "createdAt": "", "updatedAt": ""} == {
        "id": "",
        "number": 1,
        "customerName": "Jane Smith",
        "customerEmail": "jane@example.com",
        "customerPhone": "+14155550123",
        "serviceId": ["s1", "s3"],
        "service": ["Laundry", "Ironing"],
        "items": [],
        "pickupDate": "2030-01-20",
        "dueAt": "",
        "specialInstructions": "Express service needed",
        "total": 300.0,
        "currency": "INR",
        "paid": False,
        "status": "At Store",
        "createdAt": "",
        "updatedAt": "",
    }
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", order[name]) for name in ("dueAt", "createdAt", "updatedAt"))


def test_the_server_prices_whatever_the_client_says(client):
    assert place(client, total=0.01)["total"] == 300.0
    assert place(client, total="free")["total"] == 300.0


def test_repeating_a_service_means_quantity(client):
    order = place(client, serviceIds=["s1", "s3", "s1"])
    assert [(item["serviceId"], item["quantity"], item["total"]) for item in order["items"]] == [("s1", 2, 400.0), ("s3", 1, 100.0)]
    assert order["total"] == 500.0


def test_items_may_stand_in_place_of_service_ids(client):
    items = [{"serviceId": "s2", "quantity": 3, "garment": "suit", "notes": "wine stain"}]
    body = {name: value for name, value in ORDER.items() if name != "serviceIds"}
    response = client.post("/api/orders", json={**body, "items": items})
    assert response.status_code == 201
    (item,) = response.json["order"]["items"]
    assert (item["quantity"], item["unitPrice"], item["total"], item["garment"], item["notes"]) == (3, 300.0, 900.0, "suit", "wine stain")


def test_is_due_when_the_longest_service_is_done(client):
    from datetime import datetime, timedelta

    order = place(client, serviceIds=["s1", "s2", "s3"])  # 24, 48 and 12 hours
    assert datetime.fromisoformat(order["dueAt"]) - datetime.fromisoformat(order["createdAt"]) == timedelta(hours=48)


def test_an_unknown_service_is_named_and_nothing_is_written(app, client):
    response = client.post("/api/orders", json={**ORDER, "serviceIds": ["s1", "s9"]})
    assert response.status_code == 400
    assert "'s9'" in response.json["error"]
    with inside(app):
        assert customers.find_by_email(ORDER["customerEmail"]) is None
    assert place(client)["number"] == 1  # the refused order's number was not used up


def test_a_retired_service_cannot_be_ordered(client, admin):
    assert admin.delete("/admin/api/services/s1").status_code == 200
    response = client.post("/api/orders", json=ORDER)
    assert response.status_code == 400
    assert response.json["code"] == "service_not_offered"


def test_missing_fields_answer_exactly(client):
    response = client.post("/api/orders", json={"customerName": "Jane"})
    assert response.status_code == 400
    assert set(response.json) == {"error", "fields"}
    assert response.json["error"] == "Missing fields"
    assert set(response.json["fields"]) == {"customerEmail", "customerPhone", "serviceIds"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customerName", "x" * 101),
        ("customerName", "two\nlines"),
        ("customerName", 7),
        ("customerEmail", "not an address"),
        ("customerEmail", "a@b@example.com"),
        ("customerPhone", "call me"),
        ("customerPhone", "+999123"),
        ("serviceIds", "s1"),
        ("serviceIds", ["s1; DROP TABLE orders"]),
        ("serviceIds", [1]),
        ("serviceIds", ["s1"] * 1001),
        ("items", [{"serviceId": "s1", "quantity": 1}]),  # beside serviceIds
        ("pickupDate", "20/01/2030"),
        ("pickupDate", "2030-02-30"),
        ("pickupDate", "２０３０-01-20"),
        ("specialInstructions", "x" * 1001),
        ("specialInstructions", ["x"]),
        ("status", "Delivered"),
        ("paid", True),
    ],
)
def test_refuses_a_bad_value_and_names_the_field(client, field, value):
    response = client.post("/api/orders", json={**ORDER, field: value})
    assert response.status_code == 400
    named = {name.partition(".")[0] for name in response.json["fields"]}
    assert field in named or (field == "items" and "serviceIds" in named)


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", True, 1001, 2**53, None])
def test_refuses_a_bad_quantity(client, quantity):
    body = {name: value for name, value in ORDER.items() if name != "serviceIds"}
    response = client.post("/api/orders", json={**body, "items": [{"serviceId": "s1", "quantity": quantity}]})
    assert response.status_code == 400
    assert "items.0.quantity" in response.json["fields"]


def test_names_in_any_script_come_back_as_sent(client):
    for name in ("आशा वर्मा", "محمد علي", "王小明", "Zoë O'Brien-Łukasz", "👕 & Sons <b>"):
        assert place(client, customerName=name)["customerName"] == name


def test_a_stranger_learns_nothing_about_a_known_customer(client, alice):
    known = client.post("/api/orders", json={**ORDER, "customerEmail": ALICE.login}).json["customer"]
    unknown = client.post("/api/orders", json=ORDER).json["customer"]
    assert known.keys() == unknown.keys()
    assert (known["id"], known["name"], known["phone"]) == (None, ORDER["customerName"], ORDER["customerPhone"])
    assert unknown["id"] is None


def test_a_strangers_order_changes_nothing_on_file(app, client):
    place(client, customerName="Somebody Else", customerEmail=ALICE.login.upper(), customerPhone="+14155550199")
    with inside(app):
        alice = customers.find_by_email(ALICE.login)
    assert (alice.name, alice.phone) == (ALICE.name, ALICE.phone)


def test_an_order_never_makes_a_password(app, client):
    place(client)
    for password in ("defaultpass", "password", "", ORDER["customerPhone"]):
        assert client.post("/auth/login", json={"email": ORDER["customerEmail"], "password": password}).status_code in (400, 401)


def test_the_owner_reads_their_order_back(app, client, alice):
    order = place_for(alice, ALICE.login)
    assert client.get(f"/api/orders/{order['id']}", headers=bearer_of(app, ALICE)).json == order
    assert alice.get(f"/api/orders/{order['id'].upper()}").json == order  # as typed from a label


def test_staff_read_any_order(admin, employee, alice):
    order = place_for(alice, ALICE.login)
    assert admin.get(f"/admin/api/orders/{order['id']}").json == order
    assert employee.get(f"/api/orders/{order['id']}").json == order


def test_whoever_is_signed_in_orders_for_themselves(alice, bob):
    order = place_for(alice, BOB.login)
    assert order["customerEmail"] == BOB.login  # as written on the ticket
    assert [mine["id"] for mine in alice.get("/api/orders").json] == [order["id"]]
    assert bob.get("/api/orders").json == []


def test_refuses_a_stranger(client, alice, charlie, worker):
    order_id = place_for(alice, ALICE.login)["id"]
    assert charlie.get(f"/api/orders/{order_id}").status_code == 403
    assert client.get(f"/api/orders/{order_id}").status_code == 401
    assert worker.get(f"/api/orders/{order_id}").status_code == 403
    assert charlie.get("/api/orders").json == []


def test_a_mistyped_code_and_an_unknown_one_are_told_apart(alice):
    order_id = place_for(alice, ALICE.login)["id"]
    wrong = order_id[:-1] + ("0" if order_id[-1] != "0" else "1")
    assert alice.get(f"/api/orders/{wrong}").status_code == 400
    assert alice.get(f"/api/orders/{ids.new_code()}").status_code == 404


def test_lists_ones_own_orders_only(app, client, alice, bob):
    mine = [place_for(alice, ALICE.login)["id"] for _ in range(3)]
    place_for(bob, BOB.login)
    assert [order["id"] for order in alice.get("/api/orders").json] == mine[::-1]
    assert [order["id"] for order in alice.get(f"/api/orders?email={ALICE.login.upper()}").json] == mine[::-1]
    assert alice.get(f"/api/orders?email={BOB.login}").status_code == 403
    assert client.get(f"/api/orders?email={ALICE.login}").status_code == 401


def test_pages_meet_without_gap_or_overlap(admin):
    placed = [place(admin)["id"] for _ in range(7)]
    seen, url = [], "/admin/api/orders?limit=3"
    while url:
        response = admin.get(url)
        seen += [order["id"] for order in response.json]
        link = re.match('<(.+)>; rel="next"', response.headers.get("Link", ""))
        url = link[1] if link else None
    assert seen == placed[::-1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "cursor=W10", "status=Lost", "colour=red", "cursor=%00"]
)
def test_refuses_a_bad_query(admin, query):
    assert admin.get(f"/admin/api/orders?{query}").status_code == 400


def test_filters_by_status(admin):
    order_id = place(admin)["id"]
    assert [order["id"] for order in admin.get("/admin/api/orders?status=At Store").json] == [order_id]
    assert admin.get("/admin/api/orders?status=Ready").json == []


def test_a_list_takes_the_same_few_queries_however_long(admin, statements):
    def count() -> int:
        statements.clear()
        assert admin.get("/admin/api/orders").status_code == 200
        return len(statements)

    place(admin)
    few = count()
    for _ in range(12):
        place(admin, serviceIds=["s1", "s2", "s3"])
    assert count() == few == 3  # who is asking, the orders, their items
