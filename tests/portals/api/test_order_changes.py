"""What a customer may still change, and what only staff may, with versions and the lifecycle in force."""

import pytest

from tests.support.orders import place_for
from tests.support.people import ALICE


@pytest.fixture
def order_id(alice):
    return place_for(alice, ALICE.login)["id"]


def test_its_customer_changes_the_day_and_the_wishes(alice, order_id):
    response = alice.put(f"/api/orders/{order_id}", json={"pickupDate": "2031-05-06", "specialInstructions": "Fold"})
    assert response.status_code == 200
    assert (response.json["pickupDate"], response.json["specialInstructions"]) == ("2031-05-06", "Fold")
    assert alice.get(f"/api/orders/{order_id}").json == response.json
    assert alice.put(f"/api/orders/{order_id}", json={"pickupDate": None}).json["pickupDate"] is None


@pytest.mark.parametrize("body", [{"status": "Ready"}, {"total": 1}, {"customerName": "X"}, {"paid": True}, {"id": "x"}])
def test_its_customer_changes_nothing_else(alice, order_id, body):
    before = alice.get(f"/api/orders/{order_id}").json
    assert alice.put(f"/api/orders/{order_id}", json=body).status_code == 400
    assert alice.get(f"/api/orders/{order_id}").json == before


def test_not_after_it_has_gone(alice, admin, order_id):
    admin.put(f"/admin/api/orders/{order_id}", json={"status": "In Transit"})
    late = alice.put(f"/api/orders/{order_id}", json={"specialInstructions": "Fold"})
    assert (late.status_code, late.json["state"]) == (409, {"status": "In Transit"})
    cancelled = alice.delete(f"/api/orders/{order_id}")
    assert (cancelled.status_code, cancelled.json["state"]) == (409, {"status": "In Transit"})


def test_cancelling_keeps_the_row(alice, admin, order_id):
    assert alice.delete(f"/api/orders/{order_id}").json == {"message": "Deleted"}
    assert alice.get(f"/api/orders/{order_id}").json["status"] == "Cancelled"
    assert alice.delete(f"/api/orders/{order_id}").status_code == 409
    assert admin.get(f"/admin/api/orders/{order_id}").json["status"] == "Cancelled"


def test_refuses_a_stranger(client, charlie, worker, order_id):
    for somebody, status in ((client, 401), (charlie, 403), (worker, 403)):
        assert somebody.put(f"/api/orders/{order_id}", json={"specialInstructions": "x"}).status_code == status
        assert somebody.delete(f"/api/orders/{order_id}").status_code == status


def test_the_lifecycle_holds_for_staff_too(admin, order_id):
    jump = admin.put(f"/admin/api/orders/{order_id}", json={"status": "Delivered"})
    assert (jump.status_code, jump.json["state"]) == (409, {"status": "At Store"})
    for status in ("Processing", "Ready", "Out for Delivery", "Delivered"):
        assert admin.put(f"/admin/api/orders/{order_id}", json={"status": status}).json["status"] == status
    assert admin.delete(f"/admin/api/orders/{order_id}").status_code == 409


def test_saying_the_status_it_has_changes_nothing(admin, order_id):
    before = admin.get(f"/admin/api/orders/{order_id}")
    after = admin.put(f"/admin/api/orders/{order_id}", json={"status": "At Store"})
    assert (after.status_code, after.headers["ETag"]) == (200, before.headers["ETag"])


def test_a_refused_step_undoes_the_rest_of_the_change(admin, order_id):
    before = admin.get(f"/admin/api/orders/{order_id}").json
    assert admin.put(f"/admin/api/orders/{order_id}", json={"specialInstructions": "x", "status": "Collected"}).status_code == 409
    assert admin.get(f"/admin/api/orders/{order_id}").json == before


def test_if_match_guards_against_a_lost_update(alice, admin, order_id):
    seen = alice.get(f"/api/orders/{order_id}").headers["ETag"]
    assert alice.put(f"/api/orders/{order_id}", json={"specialInstructions": "a"}, headers={"If-Match": seen}).status_code == 200
    assert admin.put(f"/admin/api/orders/{order_id}", json={"specialInstructions": "b"}, headers={"If-Match": seen}).status_code == 412
