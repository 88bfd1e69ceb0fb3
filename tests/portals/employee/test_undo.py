"""A scan of the wrong ticket, or at the wrong station, is taken back."""

from datetime import timedelta

from app.orders import order_rules
from tests.support.orders import place

UNDO = "/employee/api/scans/undo"


def scan(somebody, code, station, path="/employee/api/scans"):
    return somebody.post(path, json={"code": code, "station": station})


def test_the_last_step_is_taken_back_as_an_event_of_its_own(employee):
    order_id = place(employee)["id"]
    for station, before in (("processing", "At Store"), ("ready", "Processing"), ("counter", "Ready")):
        scan(employee, order_id, station)
        back = scan(employee, order_id, station, UNDO)
        assert (back.status_code, back.json["status"]) == (200, before)
        assert scan(employee, order_id, station, UNDO).json["code"] == "cannot_undo"
        scan(employee, order_id, station)
    page = employee.get(f"/employee/orders/{order_id}", headers={"Accept": "text/html"}).text
    assert page.count("Taken back") == 3
    assert "Collected" in page


def test_not_when_something_has_happened_since_or_it_is_on_the_road(employee, monkeypatch):
    order_id = place(employee)["id"]
    scan(employee, order_id, "processing")
    assert scan(employee, order_id, "ready", UNDO).status_code == 409, "another station's scan"
    scan(employee, order_id, "ready")
    assert scan(employee, order_id, "processing", UNDO).status_code == 409, "it was finished since"
    monkeypatch.setattr(order_rules, "UNDO_WITHIN", timedelta(0))
    assert scan(employee, order_id, "ready", UNDO).status_code == 409, "too long ago"
    scan(employee, order_id, "return")
    assert scan(employee, order_id, "return", UNDO).status_code == 409, "it is on the road"
    assert employee.get(f"/employee/api/orders/{order_id}").json["status"] == "In Transit"


def test_is_for_the_counter(client, alice, worker, employee):
    order_id = place(employee)["id"]
    scan(employee, order_id, "processing")
    for somebody, status in ((client, 401), (alice, 401), (worker, 403)):
        assert scan(somebody, order_id, "processing", UNDO).status_code == status


def test_a_step_taken_before_is_told_from_the_wrong_place(employee, monkeypatch):
    monkeypatch.setattr(order_rules, "SAME_SCAN", timedelta(0))
    order_id = place(employee)["id"]
    assert scan(employee, order_id, "ready").json["code"] == "wrong_step"
    scan(employee, order_id, "processing")
    scan(employee, order_id, "ready")
    assert scan(employee, order_id, "processing").json["code"] == "already_done"
