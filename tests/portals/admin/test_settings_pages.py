"""The business's name, a store's opening hours, and what the audit says of it all."""

import re

import pytest

from app.tenancy import tenant_service
from tests.support.orders import place
from tests.support.people import MONA, client_of

PAGE = {"Accept": "text/html"}
STORE = "/admin/settings/stores/1"
WEEKDAYS = {"name": "Bandra", "hours": "by-day", "mon_from": "09:00", "mon_until": "18:30", "version": "1"}


def test_the_business_is_renamed_on_every_page_and_in_the_audit(app, admin):
    long = "Wäscherei & Söhne " * 5
    assert admin.post("/admin/settings/", data={"name": " "}, headers=PAGE).status_code == 400
    assert admin.post("/admin/settings/", data={"name": long}, headers=PAGE).status_code == 303
    assert "Wäscherei &amp; Söhne" in admin.get("/", headers=PAGE).text
    assert "Business renamed" in admin.get("/admin/audit/?what=business", headers=PAGE).text
    with app.app_context():
        assert tenant_service.find_business("main").name == long.strip()


def test_receipts_end_with_what_the_business_says_until_it_says_nothing(app, admin):
    order = place(admin)
    typed = {"name": "FabClean", "receiptText": "Thank you & <b>धन्यवाद</b>\r\nGST 27ABC"}
    assert admin.post("/admin/settings/", data=typed, headers=PAGE).status_code == 303
    receipt = admin.get(f"/employee/orders/{order['id']}/print", headers=PAGE).text
    assert "Thank you &amp; &lt;b&gt;धन्यवाद&lt;/b&gt;\nGST 27ABC" in receipt
    assert "GST 27ABC" in admin.get("/admin/settings/", headers=PAGE).text
    assert "Business changed" in admin.get("/admin/audit/?what=business", headers=PAGE).text
    long = admin.post("/admin/settings/", data=typed | {"receiptText": "x" * 301}, headers=PAGE)
    assert (long.status_code, "x" * 301 in long.text) == (400, True)
    assert admin.post("/admin/settings/", data={"name": "FabClean", "receiptText": ""}, headers=PAGE).status_code == 303
    assert "GST 27ABC" not in admin.get(f"/employee/orders/{order['id']}/print", headers=PAGE).text


def test_a_store_gets_its_hours_and_its_holidays_and_loses_them_again(admin):
    typed = WEEKDAYS | {"closed": "2030-12-25\n\n2031-01-01"}
    assert admin.post(STORE, data=typed, headers=PAGE).status_code == 303
    store = admin.get("/admin/api/stores/1").json
    assert (store["openingHours"], store["closedDays"]) == ({"mon": ["09:00", "18:30"]}, ["2030-12-25", "2031-01-01"])
    assert 'value="18:30"' in admin.get(STORE, headers=PAGE).text
    stale = admin.post(STORE, data=typed | {"mon_until": "20:00"}, headers=PAGE)
    assert (stale.status_code, 'value="20:00"' in stale.text) == (412, True)
    assert admin.post(STORE, data={"name": "Bandra", "hours": "always", "version": "2"}, headers=PAGE).status_code == 303
    store = admin.get("/admin/api/stores/1").json
    assert (store["openingHours"], store["closedDays"]) == (None, [])


def test_what_a_store_says_on_its_receipts_stands_there_until_it_is_taken_away(admin, employee):
    printed = f"/employee/orders/{place(admin)['id']}/print"
    always = {"name": "Bandra", "hours": "always"}
    admin.post(STORE, data=always | {"version": "1", "receipt": "14 Hill Road\n<b>Thank you</b>"}, headers=PAGE)
    assert "14 Hill Road\n&lt;b&gt;Thank you&lt;/b&gt;" in employee.get(printed, headers=PAGE).text
    assert admin.put("/admin/api/stores/1", json={"name": "Juhu"}).json["receiptText"] == "14 Hill Road\n<b>Thank you</b>"
    admin.post(STORE, data=always | {"version": "3"}, headers=PAGE)
    assert admin.get("/admin/api/stores/1").json["receiptText"] is None
    assert "Hill Road" not in employee.get(printed, headers=PAGE).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"mon_until": ""}, "mon_from"),
        ({"mon_until": "08:00"}, "mon_from"),
        ({"mon_from": "9", "tue_from": "10:00"}, "mon_from"),
        ({"mon_from": "", "mon_until": ""}, "hours"),
        ({"closed": "Christmas"}, "closed"),
    ],
)
def test_hours_that_cannot_be_are_said_at_the_field(typed, field, admin):
    refused = admin.post(STORE, data=WEEKDAYS | typed, headers=PAGE)
    assert refused.status_code == 400
    assert f'id="error-{field}"' in refused.text
    assert admin.get("/admin/api/stores/1").json["openingHours"] is None


def test_the_audit_is_narrowed_down_by_who_what_and_when(app, admin, client):
    order = place(client)
    admin.post(f"/admin/orders/{order['id']}/cancel", headers=PAGE)
    for query, moved, placed in (
        ({}, True, True),
        ({"what": "order"}, True, True),
        ({"what": "order.moved", "who": "administ"}, True, False),
        ({"who": "administ", "what": "customer"}, False, False),
        ({"since": "2100-01-01"}, False, False),
        ({"subject": f"order:{order['id']}"}, True, True),
        ({"subject": "customer:another"}, False, False),
        ({"until": "2020-01-01"}, False, False),
    ):
        page = admin.get("/admin/audit/", query_string=query, headers=PAGE).text
        assert ("Order moved on" in page, "Order placed" in page) == (moved, placed), query
    assert f'href="/admin/orders/{order["id"]}"' in admin.get("/admin/audit/", headers=PAGE).text
    first = admin.get("/admin/audit/?limit=1&what=order", headers=PAGE).text
    assert "Order placed" not in first
    older = re.search(r'href="(/admin/audit/\?cursor=[^"]+)"', first).group(1).replace("&amp;", "&")
    assert "Order placed" in admin.get(older, headers=PAGE).text


def test_are_for_owner_and_managers(app, admin, employee, worker, alice, client):
    assert {client_of(app, MONA).get(path, headers=PAGE).status_code for path in ("/admin/settings/", STORE, "/admin/audit/")} == {200}
    for path in ("/admin/settings/", STORE, "/admin/audit/"):
        assert {who.get(path, headers=PAGE).status_code for who in (employee, worker)} == {403}
        assert {who.get(path, headers=PAGE).status_code for who in (alice, client)} == {302}
    for path in ("/admin/settings/", STORE):
        assert employee.post(path, data=WEEKDAYS, headers=PAGE).status_code == 403
