"""The office's pages: who may open them, what their filters do, and how a changed price list is guarded."""

import pytest

from app.orders.order_rules import Status
from tests.support.orders import place
from tests.support.people import MONA, client_of

PAGE = {"Accept": "text/html"}
PATHS = ("/admin/", "/admin/orders/", "/admin/services/", "/admin/services/add", "/admin/services/s1/edit")


@pytest.mark.parametrize("path", PATHS)
def test_are_for_owner_and_managers(path, app, admin, employee, worker, alice, client):
    assert admin.get(path, headers=PAGE).status_code == 200
    assert client_of(app, MONA).get(path, headers=PAGE).status_code == 200
    assert {person.get(path, headers=PAGE).status_code for person in (employee, worker)} == {403}
    assert {person.get(path, headers=PAGE).status_code for person in (alice, client)} == {302}


@pytest.mark.parametrize("action", ["retire", "offer", "edit"])
def test_an_employee_changes_no_service(action, employee, admin):
    answer = employee.post(f"/admin/services/s1/{action}", data={"version": 1, "name": "x", "price": "1", "duration": "1"}, headers=PAGE)
    assert answer.status_code == 403
    assert admin.get("/admin/api/services/s1").json["active"]


@pytest.mark.parametrize("status", list(Status))
def test_every_state_has_a_filter_that_only_shows_it(status, admin, client):
    number = place(client)["number"]
    page = admin.get("/admin/orders/", query_string={"status": status}, headers=PAGE).text
    assert (f"</span>{number}</a>" in page) == (status == Status.AT_STORE)


def test_a_filter_nobody_offers_is_refused(admin):
    assert admin.get("/admin/orders/?due=never", headers=PAGE).status_code == 400


def test_a_stale_form_changes_nothing_and_says_what_is_stored(admin):
    changed = {"name": "Wash", "price": "210", "duration": "24", "version": "1"}
    assert admin.post("/admin/services/s1/edit", data=changed, headers=PAGE).status_code == 303
    stale = admin.post("/admin/services/s1/edit", data=changed | {"name": "Late"}, headers=PAGE)
    assert stale.status_code == 412
    assert "Somebody changed this service" in stale.text
    assert 'value="Late"' in stale.text
    assert admin.get("/admin/api/services/s1").json["name"] == "Wash"
    assert admin.post("/admin/services/s1/retire", data={"version": "1"}, headers=PAGE).status_code == 412


def test_another_sites_form_changes_nothing(admin):
    headers = {**PAGE, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert admin.post("/admin/services/s1/retire", data={"version": "1"}, headers=headers).status_code == 403
    assert admin.get("/admin/api/services/s1").json["active"]
