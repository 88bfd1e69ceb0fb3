"""The customers on file, as staff find, change, merge and forget them."""

import pytest
from sqlalchemy import inspect, text

from app.core.session import CONTROL
from app.extensions import db
from tests.support.mail import letters, token_in
from tests.support.orders import ORDER, place
from tests.support.people import ALICE, BOB, MONA, bearer_of, client_of
from tests.support.shop import inside

CUSTOMERS = "/admin/api/customers"
ZOE = {"name": "Zoë Zähringer", "email": "Zoe.Z@example.com", "phone": "+49 30 901820", "notes": "Rings twice"}


@pytest.fixture
def manager(app):
    return client_of(app, MONA)


def added(somebody, **data):
    response = somebody.post(CUSTOMERS, json=data)
    assert response.status_code == 201, response.text
    return response.json


def found(somebody, q):
    return [customer["name"] for customer in somebody.get(CUSTOMERS, query_string={"q": q}).json]


def number_of(somebody, email):
    (customer,) = somebody.get(CUSTOMERS, query_string={"q": email}).json
    return customer["id"]


def test_lists_the_newest_first_a_page_at_a_time(admin):
    first = admin.get(CUSTOMERS, query_string={"limit": 2})
    assert [customer["name"] for customer in first.json] == ["Charlie Crane", "Bob Baker"]
    rest = admin.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert [customer["name"] for customer in rest.json] == ["Alice Archer"]
    assert "Link" not in rest.headers


def test_adds_and_shows(admin):
    customer = added(admin, **ZOE)
    assert customer.items() >= {"name": ZOE["name"], "email": "Zoe.Z@example.com", "phone": "+4930901820", "notes": "Rings twice"}.items()
    assert admin.get(f"{CUSTOMERS}/{customer['id']}").json == customer
    assert added(admin, name="Only a name").items() >= {"email": None, "phone": None, "notes": None}.items()


@pytest.mark.parametrize(
    "q", ["zoë", "Zähr", "ZÄHRINGER", "zoe.z@", "@EXAMPLE.COM", "+4930901820", "030 901820", "(30) 90-18 20", "90182", "1820", "zahr zo"]
)
def test_finds_by_the_beginnings_of_a_name_an_email_or_a_phone_number(admin, q):
    added(admin, **ZOE)
    assert ZOE["name"] in found(admin, q)


@pytest.mark.parametrize("q", ["%", "_", "zoe%z", "' OR 1=1 --", "\\", "555-0199"])
def test_finds_nothing_by_what_means_something_to_a_database(admin, q):
    added(admin, **ZOE)
    assert found(admin, q) == []


def test_a_taken_email_is_refused(admin):
    response = admin.post(CUSTOMERS, json={**ZOE, "email": ALICE.login.upper()})
    assert (response.status_code, response.json["error"]) == (400, "Email exists")
    zoe = added(admin, **ZOE)
    assert admin.put(f"{CUSTOMERS}/{zoe['id']}", json={"email": ALICE.login}).json["code"] == "email_taken"


def test_changes_what_is_sent_and_nothing_else(admin):
    zoe = added(admin, **ZOE)
    changed = admin.put(f"{CUSTOMERS}/{zoe['id']}", json={"notes": None, "phone": "555-0177"})
    assert changed.json == {**zoe, "notes": None, "phone": "555-0177"}
    for wrong in ({"id": 1}, {"version": 9}, {"name": None}, {"phone": "call me"}, {"anonymised_at": None}):
        assert admin.put(f"{CUSTOMERS}/{zoe['id']}", json=wrong).status_code == 400


def test_if_match_guards_against_a_lost_update(admin, manager):
    zoe = admin.post(CUSTOMERS, json=ZOE)
    url, seen = zoe.headers["Location"], {"If-Match": zoe.headers["ETag"]}
    assert admin.put(url, json={"name": "Zoe"}, headers=seen).status_code == 200
    assert admin.put(url, json={"name": "Zo"}, headers=seen).status_code == 412
    assert manager.delete(url, headers=seen).status_code == 412


def test_a_new_email_is_what_they_sign_in_with(app, client, admin):
    client.post("/auth/forgot", json={"email": ALICE.login})
    token = token_in(letters(app)[0])
    url = f"{CUSTOMERS}/{number_of(admin, ALICE.login)}"
    assert admin.put(url, json={"email": "archer@example.com"}).status_code == 200
    assert client.post("/auth/login", json={**ALICE.credentials, "email": "archer@example.com"}).status_code == 200
    assert client.post("/auth/login", json=ALICE.credentials).status_code == 401
    assert client.post("/auth/reset", json={"token": token, "password": "eleven calm badgers"}).json["code"] == "link_refused"
    assert admin.put(url, json={"email": None}).json["code"] == "needs_email"


def test_each_role_at_the_doors(client, alice, worker, employee, manager, admin):
    bob = f"{CUSTOMERS}/{number_of(admin, BOB.login)}"
    reads = (lambda who: who.get(CUSTOMERS), lambda who: who.get(bob), lambda who: who.put(bob, json={"notes": "x"}))
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403), (manager, 200), (admin, 200)):
        assert [call(somebody).status_code for call in reads] == [status] * 3
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403), (manager, 201)):
        assert somebody.post(CUSTOMERS, json={"name": "N"}).status_code == status
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403), (manager, 200)):
        assert somebody.post(f"{bob}/merge", json={"intoId": number_of(admin, ALICE.login)}).status_code == status
    ours = f"{CUSTOMERS}/{number_of(admin, ALICE.login)}"
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403), (manager, 200)):
        assert somebody.delete(ours).status_code == status


def test_the_counter_has_doors_of_its_own(employee, worker):
    made = employee.post("/employee/api/customers", json={"name": "Nora", "phone": "555-0142"})
    assert (made.status_code, made.headers["Location"]) == (201, f"/employee/api/customers/{made.json['id']}")
    assert employee.put(made.headers["Location"], json={"notes": "no starch"}).json["notes"] == "no starch"
    assert [customer["name"] for customer in employee.get("/employee/api/customers?q=0142").json] == ["Nora"]
    assert employee.delete(made.headers["Location"]).status_code == 405
    assert worker.get("/employee/api/customers").status_code == 403


@pytest.mark.parametrize("number", ["999999", str(2**63), str(2**70)])
def test_an_unknown_one_is_404(admin, number):
    url = f"{CUSTOMERS}/{number}"
    assert [call.status_code for call in (admin.get(url), admin.delete(url), admin.put(url, json={"name": "X"}))] == [404] * 3
    assert admin.post(f"{url}/merge", json={"intoId": 1}).status_code == 404


CANARY = {"name": "Canary Quetzalcoatl", "email": "Canary.Q@example.com", "phone": "+14155559876"}
TRACES = ("Canary", "Quetzalcoatl", "canary.q@", "4155559876", "Under the red awning")


def rows_holding(app, *texts):
    """Every cell of every table, control tables too, that holds one of these texts in any case."""
    holding = []
    with inside(app):
        for engine in (db.engines[CONTROL],):
            with engine.connect() as connection:
                for table in inspect(connection).get_table_names():
                    for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                        cells = {name: bytes(cell) if isinstance(cell, bytes | memoryview) else cell for name, cell in row.items()}
                        if any(trace.lower() in str(cells).lower() for trace in texts):
                            holding.append((table, cells))
    return holding


@pytest.fixture
def canary(app, client, manager):
    """A customer who has done everything a customer can do, and been seen by everybody."""
    order = {**ORDER, "customerName": CANARY["name"], "customerEmail": CANARY["email"], "customerPhone": CANARY["phone"]}
    order["specialInstructions"] = "Under the red awning"
    order["items"] = [{"serviceId": "s1", "quantity": 2, "notes": "Quetzalcoatl's own"}]
    del order["serviceIds"]
    placed = client.post("/api/orders", json=order, headers={"Idempotency-Key": "theirs"}).json["order"]
    client.post("/auth/claim", json={"token": token_in(letters(app)[0]), "password": "eleven calm badgers dig"})
    signed_in = client.post("/auth/login", json={"email": CANARY["email"], "password": "eleven calm badgers dig"}).json
    header = {"Authorization": f"Bearer {signed_in['token']}"}
    assert client.post("/api/orders", json=order, headers={**header, "Idempotency-Key": "mine"}).status_code == 201
    url = f"{CUSTOMERS}/{number_of(manager, CANARY['email'])}"
    manager.put(f"/admin/api/orders/{placed['id']}", json={"specialInstructions": "Still under the red awning"})
    stop = {"order_id": placed["id"], "kind": "PICKUP", "address": "7 Canary Lane, under the red awning"}
    assert manager.post("/admin/api/deliveries", json=stop).status_code == 201
    manager.put(url, json={"notes": "Canary sings"}, headers={"Idempotency-Key": "notes"})
    client.post("/auth/forgot", json={"email": CANARY["email"]})
    return {"url": url, "order": placed, "header": header, "browser": None}


def test_erasing_leaves_no_trace_in_any_table(app, client, manager, canary):
    assert {table for table, _ in rows_holding(app, *TRACES)} >= {"customer", "account", "orders", "order_item", "idempotency_key"}
    assert manager.delete(canary["url"]).json == {"message": "Deleted"}
    assert rows_holding(app, *TRACES) == []


def test_an_address_of_former_times_is_forgotten_too(app, client, manager, canary):
    """It stands on the ticket, and in what was answered then."""
    manager.put(canary["url"], json={"email": "renamed@example.com", "name": "Renamed", "phone": None})
    manager.delete(canary["url"])
    assert [row for row in rows_holding(app, *TRACES, "renamed") if row[0] != "control_rate_entry"] == []


def test_erasing_keeps_the_orders_and_ends_everything_else(app, client, manager, canary):
    manager.delete(canary["url"])
    order = manager.get(f"/admin/api/orders/{canary['order']['id']}").json
    assert order["total"] == canary["order"]["total"]
    assert {order[name] for name in ("customerName", "customerEmail", "customerPhone", "specialInstructions")} == {
        "Erased customer",
        None,
        "",
    }
    assert manager.get(canary["url"]).json.items() >= {"name": "Erased customer", "email": None, "erased": True}.items()
    assert client.get("/api/orders", headers=canary["header"]).status_code == 401
    assert client.post("/auth/login", json={"email": CANARY["email"], "password": "eleven calm badgers dig"}).status_code == 401
    assert found(manager, "Erased") == []
    assert manager.delete(canary["url"]).status_code == 404
    assert manager.put(canary["url"], json={"name": "Back"}).json["code"] == "no_longer_a_customer"
    again = place(client, customerEmail=CANARY["email"])
    assert manager.get(f"/admin/api/orders/{again['id']}").json["customerName"] == ORDER["customerName"]


def test_a_repeated_request_still_happens_once(client, manager, canary):
    manager.delete(canary["url"])
    order = {**ORDER, "customerName": CANARY["name"], "customerEmail": CANARY["email"], "customerPhone": CANARY["phone"]}
    before = len(manager.get("/admin/api/orders").json)
    client.post("/api/orders", json=order, headers={"Idempotency-Key": "theirs"})
    assert len(manager.get("/admin/api/orders").json) == before


def test_without_orders_the_row_goes(app, admin):
    zoe = added(admin, **ZOE)
    assert admin.delete(f"{CUSTOMERS}/{zoe['id']}").status_code == 200
    assert admin.get(f"{CUSTOMERS}/{zoe['id']}").status_code == 404
    assert added(admin, **ZOE)["email"] == ZOE["email"]


def test_the_search_for_traces_finds_them(app, admin):
    added(admin, **CANARY)
    assert sorted(table for table, _ in rows_holding(app, "canary.q@EXAMPLE")) == ["customer", "customer_word"]


def test_merging_moves_orders_and_account(app, client, alice, manager):
    walk_in = place(client, customerEmail="al@example.com")
    al, ours = number_of(manager, "al@example.com"), number_of(manager, ALICE.login)
    kept = manager.post(f"{CUSTOMERS}/{al}/merge", json={"intoId": ours})
    assert (kept.status_code, kept.json["id"], kept.json["email"]) == (200, ours, ALICE.login)
    assert [order["id"] for order in alice.get("/api/orders").json] == [walk_in["id"]]
    assert manager.get(f"{CUSTOMERS}/{al}").json["mergedIntoId"] == ours
    assert found(manager, "Jane") == [ALICE.name]  # what she brought in as Jane is Alice's now
    later = place(client, customerEmail="al@example.com")
    assert later["id"] in [order["id"] for order in alice.get("/api/orders").json]
    assert manager.put(f"{CUSTOMERS}/{al}", json={"name": "X"}).json["code"] == "no_longer_a_customer"


def test_merging_an_account_into_a_record_without_one(app, client, alice, manager):
    other = added(manager, name="Alice at the counter", phone="555-0144")
    order = place(alice, customerEmail=ALICE.login)
    kept = manager.post(f"{CUSTOMERS}/{number_of(manager, ALICE.login)}/merge", json={"intoId": other["id"]}).json
    assert (kept["email"], kept["phone"], kept["name"]) == (ALICE.login, "555-0144", "Alice at the counter")
    assert [mine["id"] for mine in alice.get("/api/orders").json] == [order["id"]]
    assert client.post("/auth/login", json=ALICE.credentials).json["customer"]["id"] == other["id"]


def test_of_two_accounts_the_one_merged_into_stays(app, client, alice, bob, manager):
    bearer = bearer_of(app, BOB)
    place(bob, customerEmail=BOB.login)
    manager.post(f"{CUSTOMERS}/{number_of(manager, BOB.login)}/merge", json={"intoId": number_of(manager, ALICE.login)})
    assert len(alice.get("/api/orders").json) == 1
    assert bob.get("/api/orders").status_code == 401
    assert client.get("/api/orders", headers=bearer).status_code == 401
    assert client.post("/auth/login", json=BOB.credentials).status_code == 401
    client.post("/auth/forgot", json={"email": BOB.login})  # a link goes to what they sign in with, whatever was typed
    assert [letter["To"] for letter in letters(app)] == [ALICE.login]


def test_merges_follow_one_another_and_are_erased_together(app, client, manager):
    place(client, customerEmail="canary.q@example.com", customerName="Canary One")
    first, second = number_of(manager, "canary.q@example.com"), added(manager, name="Canary Two", email="c2@example.com")["id"]
    third = added(manager, name="Canary Three", email="c3@example.com")["id"]
    manager.post(f"{CUSTOMERS}/{first}/merge", json={"intoId": second})
    manager.post(f"{CUSTOMERS}/{second}/merge", json={"intoId": third})
    assert manager.get(f"{CUSTOMERS}/{first}").json["mergedIntoId"] == third
    for wrong, code in (({"intoId": first}, "no_longer_a_customer"), ({"intoId": third}, "same_customer")):
        assert manager.post(f"{CUSTOMERS}/{third}/merge", json=wrong).json["code"] == code
    manager.delete(f"{CUSTOMERS}/{third}")
    assert rows_holding(app, "canary", "c2@example", "c3@example") == []


def test_what_is_done_to_customers_is_in_the_audit_without_naming_them(app, manager):
    zoe, bob = added(manager, **ZOE)["id"], number_of(manager, BOB.login)
    manager.put(f"{CUSTOMERS}/{zoe}", json={"phone": "555-0177"})
    manager.post(f"{CUSTOMERS}/{zoe}/merge", json={"intoId": bob})
    manager.delete(f"{CUSTOMERS}/{bob}")
    with inside(app):
        entries = db.session.execute(
            text("SELECT action, subject, actor FROM audit_entry WHERE action LIKE 'customer.%' ORDER BY id")
        ).all()
    assert [tuple(entry) for entry in entries][-4:] == [
        ("customer.created", f"customer:{zoe}", MONA.name),
        ("customer.changed", f"customer:{zoe}", MONA.name),
        ("customer.merged", f"customer:{zoe}", MONA.name),
        ("customer.erased", f"customer:{bob}", MONA.name),
    ]
