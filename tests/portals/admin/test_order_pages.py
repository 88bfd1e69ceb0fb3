"""Orders in the office's pages: found, moved on along the lifecycle only, changed, cancelled, and their labels printed at once."""

import re

import pypdfium2
import pytest

from app.orders.order_rules import Event
from tests.support.orders import place

PAGE = {"Accept": "text/html"}


@pytest.fixture
def order(client):
    return place(client)


def path(order):
    return f"/admin/orders/{order['id']}"


def steps_on(page):
    return re.findall(r'name="event" value="([^"]+)"', page)


def test_are_found_by_ticket_code_name_phone_and_mail(admin, client, order):
    other = place(client, customerName="Ravi Krishnan", customerEmail="ravi@example.com", customerPhone="555-0444")
    for typed in ("#2", other["id"].upper(), "krish", "5550444", "ravi@"):
        page = admin.get("/admin/orders/", query_string={"q": typed}, headers=PAGE).text
        assert (path(other) in page, path(order) in page) == (True, False), typed
    assert "No such orders" in admin.get("/admin/orders/?q=nobody", headers=PAGE).text
    assert path(order) in admin.get("/admin/orders/?q=&since=&until=", headers=PAGE).text


def test_are_narrowed_down_to_days_and_to_a_customer(admin, client, order):
    today = order["createdAt"][:10]
    for query, found in (
        ({"since": "2020-01-01", "until": "2030-01-01"}, True),
        ({"since": "2030-01-01"}, False),
        ({"until": "2020-01-01"}, False),
        ({"customer": "999"}, False),
        ({"status": "At Store", "q": "jane", "since": "2020-01-01"}, True),
    ):
        assert (path(order) in admin.get("/admin/orders/", query_string=query, headers=PAGE).text) == found, query
    for bad in ({"since": "yesterday"}, {"until": "9999-12-31"}, {"until": f"{today}T00:00"}):
        assert admin.get("/admin/orders/", query_string=bad, headers=PAGE).status_code == 400


def test_an_order_page_offers_what_the_lifecycle_allows_and_nothing_else(admin, order):
    assert steps_on(admin.get(path(order), headers=PAGE).text) == [Event.SEND_OUT, Event.START]
    moved = admin.post(f"{path(order)}/step", data={"event": Event.START}, headers=PAGE)
    assert moved.location == path(order)
    page = admin.get(path(order), headers=PAGE).text
    assert "Order 1 is now: Processing." in page
    assert steps_on(page) == [Event.FINISH]
    assert "/cancel" not in page
    late = admin.post(f"{path(order)}/step", data={"event": Event.START}, headers=PAGE)
    assert (late.status_code, "This order is Processing" in late.text) == (409, True)
    assert admin.post(f"{path(order)}/step", data={"event": "vanished"}, headers=PAGE).status_code == 400


def test_what_was_promised_can_be_changed_and_emptied_and_two_editors_are_told(admin, order):
    edit, changed = f"{path(order)}/edit", {"pickupDate": "2030-02-03", "specialInstructions": "No starch", "version": "1"}
    assert 'value="2030-01-20"' in admin.get(edit, headers=PAGE).text
    assert admin.post(edit, data=changed, headers=PAGE).status_code == 303
    stale = admin.post(edit, data=changed | {"specialInstructions": "Mine"}, headers=PAGE)
    assert stale.status_code == 412
    assert "2030-02-03, No starch" in stale.text
    assert "Mine</textarea>" in stale.text
    assert admin.post(edit, data={"pickupDate": "", "specialInstructions": "", "version": "2"}, headers=PAGE).status_code == 303
    now = admin.get(f"/admin/api/orders/{order['id']}").json
    assert (now["pickupDate"], now["specialInstructions"]) == (None, "")


def test_cancelling_asks_once_by_number(admin, order):
    assert f"Cancel order {order['number']}?" in admin.get(f"{path(order)}/cancel", headers=PAGE).text
    assert admin.post(f"{path(order)}/cancel", headers=PAGE).location == path(order)
    page = admin.get(path(order), headers=PAGE).text
    assert "is cancelled" in page
    assert "/edit" not in page
    assert steps_on(page) == []
    assert admin.post(f"{path(order)}/cancel", headers=PAGE).status_code == 409


def test_labels_of_the_chosen_come_in_one_document(admin, client, order):
    both = [order["id"], place(client)["id"]]
    for stock, pages in (("a4-24", 1), ("57x32", 2)):
        printed = admin.post("/admin/orders/labels", data={"orderIds": both, "stock": stock}, headers=PAGE)
        assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
        assert len(pypdfium2.PdfDocument(printed.data)) == pages
    nothing = admin.post("/admin/orders/labels", data={"stock": "57x32"}, headers=PAGE)
    assert nothing.status_code == 400
    assert "Choose at least one order" in nothing.text


def test_are_for_those_who_may(order, admin, employee, worker, alice, client):
    for stranger in (worker, alice, client):
        for act in ("edit", "cancel", "step"):
            assert stranger.post(f"{path(order)}/{act}", data={"event": Event.START}, headers=PAGE).status_code in (401, 403)
        assert stranger.post("/admin/orders/labels", data={"orderIds": [order["id"]]}, headers=PAGE).status_code in (401, 403)
    assert admin.get(f"/admin/api/orders/{order['id']}").json["status"] == "At Store"
    assert employee.post(f"{path(order)}/step", data={"event": Event.START}, headers=PAGE).status_code == 403
