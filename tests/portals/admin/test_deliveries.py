"""Planning stops, as the office does it."""

import pytest

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity.models import Account
from app.logistics.models import Delivery
from tests.logistics.stops import WARD, audited, count, hire, make_ready, plan, plan_drop_off, status_of, today
from tests.support import people
from tests.support.orders import place
from tests.support.people import ALICE, ERIN, MONA, WANDA, account_id_of
from tests.support.shop import inside

DELIVERIES = "/admin/api/deliveries"


def test_plans_a_stop(app, admin):
    order, wanda = place(admin), account_id_of(app, WANDA)
    body = {"order_id": order["id"], "worker_id": wanda, "kind": "PICKUP", "window": "14:00-16:00", "address": "1 High St\nFlat 2"}
    response = admin.post(DELIVERIES, json=body)
    assert response.status_code == 201
    planned = dict(response.json)
    for name in ("id", "createdAt", "updatedAt"):
        assert planned.pop(name)
    assert planned == {
        "orderId": order["id"], "workerId": wanda, "kind": "PICKUP", "status": "PLANNED", "day": today(app), "position": 1,
        "window": "14:00-16:00", "address": "1 High St\nFlat 2",
        "proof": None, "failureReason": None, "startedAt": None, "finishedAt": None,
    }  # fmt: skip
    shown = admin.get(response.headers["Location"])
    assert (shown.json, shown.headers["ETag"]) == (response.json, response.headers["ETag"])
    assert [entry.actor for entry in audited(app, "delivery.planned", f"delivery:{response.json['id']}")] == ["Administrator"]


def test_reads_both_spellings_but_not_at_once(app, admin):
    order, wanda = place(admin), account_id_of(app, WANDA)
    response = admin.post(
        DELIVERIES, json={"orderId": order["id"], "workerId": wanda, "kind": "DROP_OFF", "day": today(app, 3), "position": 7}
    )
    assert response.status_code == 201
    assert {"orderId": order["id"], "workerId": wanda, "day": today(app, 3), "position": 7}.items() <= response.json.items()
    both = admin.post(DELIVERIES, json={"orderId": order["id"], "order_id": order["id"], "kind": "PICKUP"})
    assert (both.status_code, "orderId" in both.json["fields"]) == (400, True)


def test_needs_an_order_and_a_kind(admin):
    response = admin.post(DELIVERIES, json={})
    assert (response.status_code, response.json["error"]) == (400, "Missing fields")
    assert set(response.json["fields"]) == {"order_id", "kind"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"order_id": "000000000000"},
        {"order_id": "0000000000zz"},
        {"kind": "DROPOFF"},
        {"worker_id": 999},
        {"worker_id": "6"},
        {"worker_id": True},
        {"worker_id": 2**53 + 1},
        {"day": "2020-01-01"},
        {"day": "9999-12-31"},
        {"day": "tomorrow"},
        {"position": -1},
        {"window": "\x07"},
        {"status": "DONE"},
    ],
    ids=str,
)
def test_refuses_what_cannot_be(app, admin, wrong):
    body = {"order_id": place(admin)["id"], "kind": "PICKUP", **wrong}
    response = admin.post(DELIVERIES, json=body)
    assert response.status_code == 400, response.text
    assert count(app, Delivery) == 0


def test_only_who_drives_gets_a_stop(app, admin):
    order_id = place(admin)["id"]
    hire(app, WARD)
    with inside(app), unit_of_work() as session:
        session.get_one(Account, account_id_of_login(WARD.login)).disabled_at = clock.now()
    for person in (ERIN, ALICE, WARD):  # at the counter, a customer, and somebody who has left
        response = admin.post(DELIVERIES, json={"order_id": order_id, "worker_id": account_id_of(app, person), "kind": "PICKUP"})
        assert (response.status_code, response.json["code"]) == (400, "no_such_worker")
    assert plan(app, admin, order_id=order_id, worker_id=account_id_of(app, MONA))["status"] == "PLANNED"
    assert plan(app, admin, worker_id=None)["workerId"] is None


def account_id_of_login(login):
    return db.session.scalars(db.select(Account.id).where(Account.login == login)).one()


def test_an_order_has_one_open_stop_of_a_kind(app, admin):
    first = plan(app, admin)
    again = admin.post(DELIVERIES, json={"order_id": first["orderId"], "kind": "PICKUP"})
    assert (again.status_code, again.json["code"]) == (409, "stop_already_planned")
    plan(app, admin, order_id=first["orderId"], kind="DROP_OFF")
    assert admin.delete(f"{DELIVERIES}/{first['id']}").status_code == 200
    plan(app, admin, order_id=first["orderId"])


def test_nobody_drives_for_a_finished_order(admin):
    order = place(admin)
    assert admin.delete(f"/admin/api/orders/{order['id']}").status_code == 200
    response = admin.post(DELIVERIES, json={"order_id": order["id"], "kind": "PICKUP"})
    assert (response.status_code, response.json["state"]) == (409, {"status": "Cancelled"})


def test_a_repeated_request_plans_once(app, admin):
    body = {"order_id": place(admin)["id"], "kind": "PICKUP"}
    answers = [admin.post(DELIVERIES, json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert count(app, Delivery) == 1


def test_gives_a_stop_to_somebody_else_behind_what_he_has(app, admin):
    hire(app, WARD)
    ward = account_id_of(app, WARD)
    plan(app, admin, worker_id=ward, position=4)
    stop = plan(app, admin)
    changed = admin.put(f"{DELIVERIES}/{stop['id']}", json={"worker_id": ward, "window": "9-10"})
    assert changed.status_code == 200
    assert {"workerId": ward, "window": "9-10", "position": 5}.items() <= changed.json.items()
    entry = audited(app, "delivery.changed", f"delivery:{stop['id']}")[0]
    assert (entry.before["workerId"], entry.after["workerId"]) == (stop["workerId"], ward)
    taken = admin.put(f"{DELIVERIES}/{stop['id']}", json={"workerId": None, "day": today(app, 1), "position": 2})
    assert {"workerId": None, "day": today(app, 1), "position": 2}.items() <= taken.json.items()
    for wrong in ({"worker_id": account_id_of(app, ERIN)}, {"day": today(app, -1)}, {"kind": "DROP_OFF"}, {"order_id": stop["orderId"]}):
        assert admin.put(f"{DELIVERIES}/{stop['id']}", json=wrong).status_code == 400


def test_if_match_guards_against_a_lost_update(app, admin):
    path = f"{DELIVERIES}/{plan(app, admin)['id']}"
    seen = admin.get(path).headers["ETag"]
    first = admin.put(path, json={"window": "9-10"}, headers={"If-Match": seen})
    assert first.status_code == 200
    for late in (admin.put(path, json={"window": "8-9"}, headers={"If-Match": seen}), admin.delete(path, headers={"If-Match": seen})):
        assert (late.status_code, late.json["code"]) == (412, "stale_version")
    assert admin.get(path).json["window"] == "9-10"
    assert admin.delete(path, headers={"If-Match": first.headers["ETag"]}).status_code == 200


def test_once_under_way_its_driver_and_day_stay(app, admin, worker):
    stop = plan(app, admin)
    worker.put(f"/worker/api/deliveries/{stop['id']}/start")
    path = f"{DELIVERIES}/{stop['id']}"
    for change in ({"worker_id": None}, {"day": today(app, 1)}):
        refused = admin.put(path, json=change)
        assert (refused.status_code, refused.json["state"]) == (409, {"status": "STARTED"})
    assert admin.put(path, json={"window": "9-10", "worker_id": stop["workerId"]}).status_code == 200
    worker.put(f"/worker/api/deliveries/{stop['id']}/complete", json={"name": "Jane"})
    refused = admin.put(path, json={"window": "10-11"})
    assert (refused.status_code, refused.json["state"]) == (409, {"status": "DONE"})
    assert admin.delete(path).status_code == 409


def test_calling_off_keeps_the_row_and_brings_the_order_back(app, admin, worker):
    stop = plan_drop_off(app, admin)
    worker.put(f"/worker/api/deliveries/{stop['id']}/start")
    assert status_of(admin, stop["orderId"]) == "Out for Delivery"
    assert admin.delete(f"{DELIVERIES}/{stop['id']}").json["status"] == "CANCELLED"
    assert admin.get(f"{DELIVERIES}/{stop['id']}").json["status"] == "CANCELLED"
    assert status_of(admin, stop["orderId"]) == "Ready"


def test_calling_off_leaves_an_order_where_somebody_put_it_by_hand(app, admin, worker):
    stop = plan_drop_off(app, admin)
    worker.put(f"/worker/api/deliveries/{stop['id']}/start")
    assert admin.put(f"/admin/api/orders/{stop['orderId']}", json={"status": "Ready"}).status_code == 200
    assert admin.delete(f"{DELIVERIES}/{stop['id']}").json["status"] == "CANCELLED"
    assert status_of(admin, stop["orderId"]) == "Ready"


def test_lists_by_day_driver_and_status(app, admin):
    hire(app, WARD)
    ward = account_id_of(app, WARD)
    mine, his, later = plan(app, admin), plan(app, admin, worker_id=ward), plan(app, admin, day=today(app, 1))
    off = plan(app, admin)
    admin.delete(f"{DELIVERIES}/{off['id']}")

    def listed(query=""):
        response = admin.get(f"{DELIVERIES}{query}")
        assert response.status_code == 200
        return [stop["id"] for stop in response.json]

    assert listed() == [later["id"], off["id"], his["id"], mine["id"]]
    assert listed(f"?day={today(app)}") == [off["id"], his["id"], mine["id"]]
    assert listed(f"?worker={ward}") == [his["id"]]
    assert listed("?status=CANCELLED") == [off["id"]]
    assert listed(f"?day={today(app, 1)}&worker={ward}") == []
    for wrong in ("?status=Done", "?worker=me", "?day=today", "?limit=0", "?cursor=nonsense", "?order=1"):
        assert admin.get(f"{DELIVERIES}{wrong}").status_code == 400


def test_pages_show_each_stop_once(app, admin):
    planned = [plan(app, admin, day=today(app, number % 2))["id"] for number in range(5)]
    seen, path, pages = [], f"{DELIVERIES}?limit=2", 0
    while path:
        response = admin.get(path)
        seen += [stop["id"] for stop in response.json]
        path, pages = response.headers.get("Link", "").partition(">")[0].removeprefix("<http://localhost"), pages + 1
    assert (sorted(seen), len(seen), pages) == (sorted(planned), 5, 3)
    for cursor in ("WyJ4IiwxXQ", "WyIyMDMwLTAxLTAxIiwxODQ0Njc0NDA3MzcwOTU1MTYxNV0"):  # ["x",1] and a number no database holds
        assert admin.get(f"{DELIVERIES}?cursor={cursor}").status_code == 400


def test_unknown_ones_are_404(admin):
    for name in ("1", "99999999999999999999", "x"):
        assert admin.get(f"{DELIVERIES}/{name}").status_code == 404
    assert admin.put(f"{DELIVERIES}/1", json={}).status_code == 404
    assert admin.delete(f"{DELIVERIES}/1").status_code == 404
    assert admin.get(f"/admin/api/files/{'0' * 32}").status_code == 404


def test_refuses_whoever_does_not_plan(app, client, admin, alice, employee, worker):
    stop = plan(app, admin)
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403)):
        assert somebody.get(DELIVERIES).status_code == status
        assert somebody.post(DELIVERIES, json={"order_id": stop["orderId"], "kind": "DROP_OFF"}).status_code == status
        assert somebody.get(f"{DELIVERIES}/{stop['id']}").status_code == status
        assert somebody.put(f"{DELIVERIES}/{stop['id']}", json={"window": "1"}).status_code == status
        assert somebody.delete(f"{DELIVERIES}/{stop['id']}").status_code == status
        assert somebody.get(f"/admin/api/files/{'0' * 32}").status_code == status
    mona = people.client_of(app, MONA)
    assert mona.put(f"{DELIVERIES}/{stop['id']}", json={"window": "1"}).status_code == 200


def test_planning_does_not_move_the_order(app, admin):
    order = place(admin)
    make_ready(app, order["id"])
    plan(app, admin, order_id=order["id"], kind="DROP_OFF")
    assert status_of(admin, order["id"]) == "Ready"
