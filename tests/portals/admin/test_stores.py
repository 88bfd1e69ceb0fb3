"""When the shop is open, and what it promises by it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.support.orders import place

HOURS = {day: ["09:00", "20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat")}


def test_sets_when_the_shop_is_open(admin):
    (store,) = admin.get("/admin/api/stores").json
    assert (store["openingHours"], store["closedDays"]) == (None, [])
    body = {"openingHours": HOURS, "closedDays": ["2030-01-26", "2030-01-26"]}
    changed = admin.put(f"/admin/api/stores/{store['id']}", json=body)
    assert (changed.json["openingHours"], changed.json["closedDays"]) == (HOURS, ["2030-01-26"])
    assert admin.get(f"/admin/api/stores/{store['id']}").json == changed.json


def test_promises_only_what_can_be_fetched(admin):
    admin.put("/admin/api/stores/1", json={"openingHours": {"wed": ["10:00", "11:00"]}})
    due = datetime.fromisoformat(place(admin)["dueAt"]).astimezone(ZoneInfo("Asia/Kolkata"))
    assert due.weekday() == 2
    assert "10:00" <= due.strftime("%H:%M") <= "11:00"


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {"mon": ["20:00", "09:00"]},
        {"mon": ["9", "20"]},
        {"mon": ["09:00"]},
        {"moon": ["09:00", "20:00"]},
        {"mon": ["24:00", "25:00"]},
        [],
    ],
)
def test_refuses_hours_that_are_none(admin, hours):
    assert admin.put("/admin/api/stores/1", json={"openingHours": hours}).status_code == 400


def test_if_match_guards_against_a_lost_update(admin):
    seen = admin.get("/admin/api/stores/1").headers["ETag"]
    assert admin.put("/admin/api/stores/1", json={"name": "Main Street"}, headers={"If-Match": seen}).status_code == 200
    assert admin.put("/admin/api/stores/1", json={"name": "High Street"}, headers={"If-Match": seen}).status_code == 412


def test_is_the_managers_business(client, employee, admin):
    for somebody, status in ((client, 401), (employee, 403)):
        assert somebody.put("/admin/api/stores/1", json={"name": "x"}).status_code == status
    assert admin.get("/admin/api/stores/99").status_code == 404
