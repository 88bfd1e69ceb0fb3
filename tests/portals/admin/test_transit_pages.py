"""Batches in the office's pages: made from a list, changed while they are packed, sent, received, completed and called off."""

import re

import pytest

from tests.support.orders import place

PAGE = {"Accept": "text/html"}
TO_PLANT = "STORE_TO_FACTORY"


@pytest.fixture
def orders(client):
    return [place(client) for _ in range(3)]


@pytest.fixture
def batch(admin, orders):
    """The first two are in it."""
    made = admin.post("/admin/transit/add", data={"type": TO_PLANT, "order_ids": [order["id"] for order in orders[:2]]}, headers=PAGE)
    assert made.status_code == 303
    return made.location


def rows(page):
    return re.findall(r'href="/admin/orders/([0-9a-z]{12})"', page)


def offered(page):
    return re.findall(r'name="order_ids"\s+value="([^"]+)"', page)


def step(who, batch, event, version):
    return who.post(f"{batch}/{event}", data={"version": version}, headers=PAGE)


def test_are_made_of_what_waits_for_no_other(admin, orders, batch):
    assert offered(admin.get("/admin/transit/add", headers=PAGE).text) == [orders[2]["id"]]
    assert "Only what is ready" in admin.get("/admin/transit/add?type=FACTORY_TO_STORE", headers=PAGE).text
    nothing = admin.post("/admin/transit/add", data={"type": "FACTORY_TO_STORE"}, headers=PAGE)
    assert nothing.status_code == 400
    assert "Choose at least one order." in nothing.text
    twice = admin.post("/admin/transit/add", data={"type": TO_PLANT, "order_ids": orders[0]["id"]}, headers=PAGE)
    assert (twice.status_code, "is in batch 1" in twice.text) == (409, True)


def test_are_changed_while_they_are_packed(admin, orders, batch):
    assert admin.post(f"{batch}/put-in", data={"code": "#3"}, headers=PAGE).location == batch
    assert admin.post(f"{batch}/take-out", data={"code": orders[0]["id"]}, headers=PAGE).location == batch
    assert rows(admin.get(batch, headers=PAGE).text) == [orders[1]["id"], orders[2]["id"]]
    unknown = admin.post(f"{batch}/put-in", data={"code": "999"}, headers=PAGE)
    assert (unknown.status_code, "There is no such order." in unknown.text, 'value="999"' in unknown.text) == (404, True, True)
    assert step(admin, batch, "initiate", 1).status_code == 412  # what was sent is not what was seen
    listed = admin.get(f"{batch}/manifest", headers=PAGE).text
    assert orders[1]["id"] in listed
    assert "2 orders" in listed


def test_travel_and_take_their_orders_along(admin, orders, batch):
    for event, version, word in (("initiate", 1, "On the road"), ("arrive", 2, "Arrived"), ("complete", 3, "Done")):
        assert step(admin, batch, event, version).location == batch
        assert word in admin.get(batch, headers=PAGE).text
        assert "take-out" not in admin.get(batch, headers=PAGE).text
    assert admin.get(f"/admin/api/orders/{orders[0]['id']}").json["status"] == "At Factory"
    assert step(admin, batch, "cancel", 4).status_code == 400
    assert rows(admin.get("/admin/transit/?status=COMPLETED", headers=PAGE).text) == []
    assert batch in admin.get("/admin/transit/?status=COMPLETED", headers=PAGE).text
    assert "No such batches" in admin.get("/admin/transit/?status=PENDING", headers=PAGE).text


def test_calling_off_asks_once_by_number(admin, orders, batch):
    assert "Call off batch 1?" in admin.get(f"{batch}/cancel", headers=PAGE).text
    assert step(admin, batch, "cancel", 1).status_code == 303
    assert "Called off" in admin.get(batch, headers=PAGE).text
    assert len(offered(admin.get("/admin/transit/add", headers=PAGE).text)) == 3


def test_are_not_for_drivers_customers_and_strangers(admin, worker, alice, client, batch):
    for stranger in (worker, alice, client):
        assert stranger.get(batch, headers=PAGE).status_code in (302, 403)
        for act in ("put-in", "take-out", "initiate", "cancel"):
            assert stranger.post(f"{batch}/{act}", data={"version": 1, "code": "#3"}, headers=PAGE).status_code in (401, 403)
    assert "Being packed" in admin.get(batch, headers=PAGE).text
