"""Booking from home: an order that will be brought, or one the van collects."""

import re
from datetime import date, datetime, timedelta

import pytest

from app.logistics import delivery_service
from app.logistics import queries as deliveries
from tests.support.orders import place
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}
BRING = {"pieces.s1": "2", "pieces.s2": "", "collect": "no", "specialInstructions": "No starch"}


@pytest.fixture
def tomorrow(app):
    with inside(app):
        return (delivery_service.today() + timedelta(days=1)).isoformat()


@pytest.fixture
def collect(tomorrow):
    return {**BRING, "collect": "yes", "address": "12 Lake Road\nring twice", "day": tomorrow, "window": "after six"}


def book(client, form):
    return client.post("/customer/book", data=form, headers=PAGE)


def stops_of(app, response):
    with inside(app):
        return deliveries.open_of_order(response.location.rpartition("/")[2])


def test_what_will_be_brought_is_an_order_and_nobody_drives(app, alice):
    response = book(alice, BRING)
    assert response.status_code == 303
    page = alice.get(response.location).text
    assert "No starch" in page
    assert "400.00" in page
    assert stops_of(app, response) == []


def test_what_is_collected_is_a_stop_of_the_van(app, alice, collect):
    [stop] = stops_of(app, book(alice, collect))
    assert (stop["kind"], stop["day"], stop["window"], stop["workerId"]) == ("PICKUP", collect["day"], "after six", None)
    assert stop["address"] == "12 Lake Road\nring twice"


def test_work_begins_when_the_van_is_back(app, alice, collect):
    far = (date.fromisoformat(collect["day"]) + timedelta(days=9)).isoformat()
    order_id = book(alice, {**collect, "day": far}).location.rpartition("/")[2]
    due = datetime.fromisoformat(alice.get(f"/api/orders/{order_id}").json["dueAt"])
    assert due.date() >= date.fromisoformat(far)


def test_an_address_and_a_day_are_needed_only_for_the_van(app, alice):
    response = book(alice, {**BRING, "collect": "yes"})
    assert response.status_code == 400
    assert response.text.count("Fill this in.") == 2
    assert 'value="2"' in response.text


def test_a_day_that_is_over_books_nothing_at_all(app, alice, collect):
    response = book(alice, {**collect, "day": "2020-01-01"})
    assert response.status_code == 400
    assert "A stop is planned for today or a day within the next year." in response.text
    assert "No orders yet" in alice.get("/customer/").text


@pytest.mark.parametrize("pieces", [{}, {"pieces.s1": "0"}, {"pieces.s1": "-1"}, {"pieces.s1": "1.5"}, {"pieces.nothing": "1"}])
def test_nothing_and_nonsense_are_refused_with_a_word(alice, pieces):
    response = book(alice, {"collect": "no", **pieces})
    assert response.status_code == 400
    assert 'role="alert"' in response.text


def test_a_second_click_books_once(alice):
    key = re.search(r'name="idempotencyKey" value="([^"]+)"', alice.get("/customer/book").text)[1]
    first, second = (book(alice, {**BRING, "idempotencyKey": key}) for _ in range(2))
    assert first.location == second.location
    assert "was booked before" in book(alice, {**BRING, "pieces.s1": "3", "idempotencyKey": key}).text


def test_an_earlier_order_can_be_booked_again_by_its_owner_only(alice, bob):
    order_id = place(alice)["id"]
    assert re.search(r'name="pieces.s1"[^>]*value="1"', alice.get(f"/customer/book?order={order_id}").text)
    assert bob.get(f"/customer/book?order={order_id}", headers=PAGE).status_code == 403


def test_wishes_and_cancelling_while_nothing_was_done(alice, bob, employee):
    order_id = place(alice)["id"]
    at = f"/customer/orders/{order_id}"
    assert alice.post(f"{at}/wishes", data={"specialInstructions": "Fold, please"}, headers=PAGE).status_code == 303
    assert "Fold, please" in alice.get(at).text
    assert bob.post(f"{at}/cancel", headers=PAGE).status_code == 403
    employee.post("/employee/api/scans", json={"code": order_id, "station": "processing"})
    assert "cancel order" not in alice.get(at).text.lower()
    for action in ("cancel", "wishes"):
        assert alice.post(f"{at}/{action}", data={"specialInstructions": "x"}, headers=PAGE).status_code == 409
    second = place(alice)["id"]
    assert alice.post(f"/customer/orders/{second}/cancel", headers=PAGE, follow_redirects=True).text.count("Cancelled") >= 1


def test_nobody_books_without_signing_in(client, worker):
    assert book(client, BRING).status_code == 401
    assert book(worker, BRING).status_code == 401
