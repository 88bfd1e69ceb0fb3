"""A business may look at new customers and addresses first: who waits is told so, and of two who decide at once one does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.audit import chain_service
from app.audit import queries as audit
from app.core import clock
from app.customers.approval_states import ApprovalState
from app.identity.principal import Principal
from tests.support import people
from tests.support.mail import letters
from tests.support.orders import ORDER
from tests.support.shop import inside

BY = Principal.command_line("tests")
DORA = {"name": "Dora Doe", "email": "dora@example.com", "phone": "555-0188", "password": "nine tall quiet pines"}
HOME = "14 Marine Drive\nMumbai"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def strict(app, admin):
    assert admin.put("/admin/api/approval-rules", json={"customers": True, "addresses": True}).json == {
        "customers": True,
        "addresses": True,
    }
    return app


@pytest.fixture
def dora(strict):
    client = strict.test_client()
    signed = client.post("/customer/signup", data=DORA)
    assert signed.status_code == 303, signed.text
    return client


def order_of(client):
    sent = {**ORDER, "customerName": "Dora Doe", "customerEmail": "dora@example.com"}
    answer = client.post("/api/orders", json=sent)
    return answer.status_code, answer.json.get("code")


def waiting(admin, **query):
    return admin.get("/admin/api/approvals", query_string={"state": "pending", **query}).json


def test_a_new_customer_waits_and_is_told_how_it_went(strict, dora, admin, client):
    assert order_of(dora) == (409, "waits_for_approval")
    assert "You get a letter as soon as you can order" in dora.get("/customer/", headers=PAGE).text
    assert order_of(client) == (409, "sign_up_first")  # also with the address of somebody who is on file
    (request,) = waiting(admin)
    assert (request["about"], request["customerName"], request["state"]) == ("customer", "Dora Doe", "pending")
    page = admin.get("/admin/approvals/", headers=PAGE).text
    assert "Dora Doe" in page
    assert admin.post(f"/admin/approvals/{request['id']}/reject", data={"reason": " "}, headers=PAGE).status_code == 400
    assert admin.post(f"/admin/approvals/{request['id']}/reject", data={"reason": "We know no Dora"}).status_code == 303
    assert order_of(dora) == (409, "not_approved")
    shown = dora.get("/customer/", headers=PAGE).text
    assert "We know no Dora" in shown
    assert dora.post("/customer/me/approval").status_code == 303
    (again,) = waiting(admin)
    approved = admin.post(f"/admin/api/approvals/{again['id']}/approve")
    assert (approved.status_code, approved.json["state"], approved.json["reason"]) == (200, "approved", None)
    assert order_of(dora)[0] == 201
    assert [letter["subject"] for letter in letters(strict, "dora@example.com")][-2:] == [
        "Your registration at FabClean",
        "You can order at FabClean now",
    ]
    with inside(strict):
        told = [entry["action"] for entry in audit.newest(subjects=(f"approval:{request['id']}",)).rows]
        assert told == ["approval.approved", "approval.asked_for", "approval.rejected", "approval.asked_for"]
        assert chain_service.verify().wrong is None


def test_whoever_is_on_file_and_the_counter_go_on_as_before(strict, alice, employee):
    assert alice.post("/api/orders", json=ORDER).status_code == 201
    assert employee.post("/employee/api/orders", json=ORDER).status_code == 201


def test_a_new_address_waits(strict, alice, admin):
    booking = {"pieces.s1": "1", "collect": "yes", "address": HOME, "day": (clock.now() + timedelta(days=2)).date().isoformat()}
    refused = alice.post("/customer/book", data=booking, headers=PAGE)
    assert refused.status_code == 409
    assert "Ask for this one under My details" in refused.text
    assert HOME.splitlines()[0] in refused.text  # what was typed is still there
    assert alice.post("/customer/me/addresses", data={"address": HOME}).status_code == 303
    assert "still being looked at" in alice.post("/customer/book", data=booking, headers=PAGE).text
    (request,) = waiting(admin, about="address")
    assert [one["state"] for one in alice.get("/api/me/export").json["requests"]] == ["pending"]
    assert request["address"].split() == HOME.split()
    admin.post(f"/admin/api/approvals/{request['id']}/reject", json={"reason": "Too far"})
    assert "Too far. Choose another one" in alice.post("/customer/book", data=booking, headers=PAGE).text
    alice.post("/customer/me/addresses", data={"address": HOME})
    admin.post(f"/admin/api/approvals/{request['id']}/approve")
    booked = alice.post("/customer/book", data={**booking, "address": " 14 marine  drive, MUMBAI"})
    assert booked.status_code == 303, booked.text


def test_switched_off_nobody_waits(strict, dora, admin):
    admin.post("/admin/approvals/rules", data={"customers": "no", "addresses": "no"})
    assert order_of(dora)[0] == 201


def test_of_two_who_decide_at_once_one_does(strict, dora, admin):
    (request,) = waiting(admin)

    def decide(state):
        headers = people.bearer_of(strict, people.ADMIN)
        word = "approve" if state == ApprovalState.APPROVED else "reject"
        json = {"reason": "No"} if word == "reject" else None
        return strict.test_client().post(f"/admin/api/approvals/{request['id']}/{word}", json=json, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(decide, [ApprovalState.APPROVED, ApprovalState.REJECTED] * 2))
    assert sorted(told) == [200, 409, 409, 409]
    assert len(letters(strict, "dora@example.com")) == 1


def test_what_was_asked_for_is_forgotten_with_the_person(strict, alice, admin):
    alice.post("/customer/me/addresses", data={"address": HOME})
    (request,) = waiting(admin)
    assert admin.delete(f"/admin/api/customers/{request['customerId']}").status_code == 200
    assert waiting(admin) == []
