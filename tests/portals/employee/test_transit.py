"""Batches at the counter and the plant: the same ones, and the same rules, as in the office."""

import pytest

from tests.support.orders import place
from tests.support.people import ALICE, ERIN, MONA, WANDA, bearer_of, client_of
from tests.transit.batches import BATCHES, batch_of, scan, state_of, take_step

COUNTER = "/employee/api/transit-batches"


@pytest.fixture
def batch_id(employee):
    return batch_of(employee, [place(employee)["id"]])["id"]


def test_a_batch_made_at_the_counter_goes_all_the_way(employee, admin):
    order = place(employee)["id"]
    made = employee.post(COUNTER, json={"order_ids": [order], "type": "STORE_TO_FACTORY", "created_by": "emp-7"})
    assert (made.status_code, made.json["createdBy"]) == (201, "emp-7")
    assert made.headers["Location"] == f"{COUNTER}/{made.json['id']}"
    for step, status in (("initiate", "IN_TRANSIT"), ("arrive", "ARRIVED"), ("complete", "COMPLETED")):
        answer = employee.put(f"{COUNTER}/{made.json['id']}/{step}")
        assert (answer.status_code, answer.json["status"]) == (200, status)
        assert answer.headers["ETag"] == employee.get(f"{COUNTER}/{made.json['id']}").headers["ETag"]
    assert state_of(employee, order) == "At Factory"
    assert employee.get(COUNTER).json == admin.get(BATCHES).json == [answer.json]
    assert [line["id"] for line in employee.get(f"{COUNTER}/{made.json['id']}/manifest").json["orders"]] == [order]


def test_a_program_may_do_it_too(app, client, employee):
    order, bearer = place(employee)["id"], bearer_of(app, ERIN)
    made = client.post(COUNTER, json={"orderIds": [order], "type": "STORE_TO_FACTORY"}, headers=bearer)
    assert (made.status_code, made.json["createdBy"]) == (201, ERIN.name)
    assert client.get(COUNTER, headers=bearer_of(app, WANDA)).status_code == 403


def test_calling_off_is_the_offices_business(employee, batch_id):
    assert employee.put(f"{COUNTER}/{batch_id}/cancel").status_code == 404


def test_a_manager_may_at_both_doors(app, batch_id):
    mona = client_of(app, MONA)
    assert mona.put(f"{COUNTER}/{batch_id}/initiate").status_code == 200
    assert mona.put(f"{BATCHES}/{batch_id}/arrive").status_code == 200


def test_refuses_whoever_is_not_at_the_counter(client, alice, worker, batch_id):
    for somebody, status in ((client, 401), (alice, 401), (worker, 403)):
        assert somebody.get(COUNTER).status_code == status
        assert somebody.get(f"{COUNTER}/{batch_id}").status_code == status
        assert somebody.post(COUNTER, json={}).status_code == status
        for step in ("initiate", "arrive", "complete"):
            assert somebody.put(f"{COUNTER}/{batch_id}/{step}").status_code == status


def test_a_customers_token_is_not_staffs(app, client, batch_id):
    assert client.get(f"{COUNTER}/{batch_id}", headers=bearer_of(app, ALICE)).status_code == 403


def test_orders_scanned_one_by_one_are_not_received_twice(employee):
    """Whoever unloads may scan first and close the batch after: the rest comes with it."""
    orders = [place(employee)["id"] for _ in range(3)]
    batch_id = batch_of(employee, orders)["id"]
    take_step(employee, batch_id, "initiate")
    assert scan(employee, orders[0], "factory").status_code == 200
    assert scan(employee, orders[0], "processing").status_code == 200
    arrived = take_step(employee, batch_id, "arrive")
    assert [state_of(employee, order) for order in orders] == ["Processing", "At Factory", "At Factory"]
    received = [line["receivedAt"] for line in employee.get(f"{COUNTER}/{batch_id}/manifest").json["orders"]]
    assert received[0] < received[1] == received[2] == arrived["arrivedAt"]


def test_no_order_gets_off_at_the_wrong_end(employee, admin):
    """What is received at the store counts as ready, and this has never seen the plant."""
    order = place(employee)["id"]
    batch_id = batch_of(employee, [order])["id"]
    take_step(employee, batch_id, "initiate")
    refused = scan(employee, order, "store")
    assert (refused.status_code, refused.json["code"]) == (409, "cannot_travel")
    assert refused.json["state"] == {"status": "In Transit", "batch": batch_id, "type": "STORE_TO_FACTORY"}
    assert admin.put(f"/admin/api/orders/{order}", json={"status": "Ready"}).status_code == 409
    assert state_of(employee, order) == "In Transit"
    take_step(employee, batch_id, "arrive")
    assert state_of(employee, order) == "At Factory"


def test_nor_on_the_way_back(employee, admin):
    order = place(employee)["id"]
    for station in ("processing", "ready"):
        scan(employee, order, station)
    batch_id = batch_of(employee, [order], "FACTORY_TO_STORE")["id"]
    take_step(employee, batch_id, "initiate")
    assert scan(employee, order, "factory").json["code"] == "cannot_travel"
    assert scan(employee, order, "store").status_code == 200
    assert take_step(employee, batch_id, "arrive")["status"] == "ARRIVED"
    assert state_of(employee, order) == "Ready"
