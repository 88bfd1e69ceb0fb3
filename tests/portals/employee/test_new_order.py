"""Taking an order on the page: what a form without scripts does, and what it is refused for."""

from datetime import timedelta

from app.core import clock, ids
from app.customers import queries as customers
from tests.support.people import ALICE
from tests.support.shop import inside

NEW = "/employee/orders/new"
PAGE = {"Accept": "text/html"}
WALK_IN = {"customerName": "Walter Walk-In", "customerPhone": "555-0123", "pieces.s1": "2", "pieces.s2": "", "pieces.s3": "0"}
KEY = {"idempotencyKey": "k-1"}


def send(somebody, **fields):
    return somebody.post(NEW, data=fields, headers=PAGE)


def test_somebody_new_needs_a_name_and_a_phone_and_nothing_else(employee):
    answer = send(employee, **WALK_IN)
    assert answer.status_code == 303
    order_id = answer.headers["Location"].split("/")[3]
    order = employee.get(f"/employee/api/orders/{order_id}").json
    assert (order["customerName"], order["total"]) == ("Walter Walk-In", 400.0)
    assert [(item["serviceId"], item["quantity"]) for item in order["items"]] == [("s1", 2)]
    paper = employee.get(answer.headers["Location"], headers=PAGE).text
    assert "for Walter Walk-In is placed" in paper
    assert f"/api/orders/{order_id}/label.svg" in paper


def test_somebody_on_file_is_asked_nothing(app, employee):
    with inside(app):
        alice = customers.find_by_email(ALICE.login).id
    assert ALICE.name in employee.get(f"{NEW}?customer={alice}", headers=PAGE).text
    answer = send(employee, customerId=str(alice), **{"pieces.s2": "1"})
    order = employee.get(f"/employee/api/orders/{answer.headers['Location'].split('/')[3]}").json
    assert order["customerEmail"] == ALICE.login
    assert employee.get(f"{NEW}?customer=999999", headers=PAGE).status_code == 404


def test_a_form_sent_twice_is_one_order(employee):
    first, second = send(employee, **WALK_IN, **KEY), send(employee, **WALK_IN, **KEY)
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    changed = send(employee, **{**WALK_IN, "pieces.s1": "3"}, **KEY)
    assert changed.status_code == 422
    assert "This order was placed before." in changed.text
    assert 'value="3"' in changed.text
    assert "k-1" not in changed.text, "sent again it is another order"
    assert len(employee.get("/employee/api/orders").json) == 1


def test_a_slip_that_was_printed_before_names_the_order_unless_another_has_its_code(employee):
    code, other = ids.new_code(), ids.new_code()
    assert send(employee, **WALK_IN, code=code).headers["Location"].split("/")[3] == code
    taken = send(employee, **WALK_IN, code=code)
    assert (taken.status_code, "There is another order with this code." in taken.text) == (409, True)
    wrong = [code[:-1] + ("1" if code[-1] == "0" else "0"), other.upper(), other[1:]]
    assert [send(employee, **WALK_IN, code=typed).status_code for typed in wrong] == [400] * 3
    assert [order["number"] for order in employee.get("/employee/api/orders").json] == [1]
    assert employee.get(f"/employee/orders/{send(employee, **WALK_IN, code=other).headers['Location'].split('/')[3]}").status_code == 200
    assert employee.get("/employee/api/orders").json[0]["number"] == 2, "no number is lost by a refusal"


def test_a_form_that_does_not_do_keeps_what_was_typed(employee):
    page = send(employee, customerName="Walter", customerPhone="call me", specialInstructions="Mind the buttons", **{"pieces.s1": "two"})
    assert page.status_code == 400
    for kept in ("Walter", "call me", "Mind the buttons", "two", "Not a phone number", "Write a whole number."):
        assert kept in page.text, kept
    for nothing in ({}, {"pieces.s1": "0"}):
        page = send(employee, customerName="Walter", customerPhone="555-0123", **nothing)
        assert (page.status_code, "Choose at least one service." in page.text) == (400, True)
    assert employee.get("/employee/api/orders").json == []


def test_the_day_that_is_proposed_is_the_day_that_is_promised(employee, admin):
    """Also when the shop is closed on the day that the work alone would take."""
    soon = [(clock.now() + timedelta(days=days)).date().isoformat() for days in range(4)]
    store = admin.get("/admin/api/stores").json[0]["id"]
    assert admin.put(f"/admin/api/stores/{store}", json={"closedDays": soon}).status_code == 200
    proposed = employee.get(NEW, headers=PAGE).text.partition('data-due="')[2].partition('"')[0]
    assert proposed[:10] not in soon[:-1]
    answer = send(employee, **WALK_IN)
    promised = employee.get(f"/employee/api/orders/{answer.headers['Location'].split('/')[3]}").json["dueAt"]
    assert promised[:16] == proposed[:16]


def test_is_for_the_counter(client, alice, worker):
    for somebody, status in ((client, 401), (alice, 401), (worker, 403)):
        assert send(somebody, **WALK_IN).status_code == status
