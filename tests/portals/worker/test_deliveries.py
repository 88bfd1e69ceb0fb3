"""A driver's day: their own stops, each started once and ended once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import update

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.logistics.delivery_rules import DeliveryStatus
from app.logistics.models import Delivery
from app.orders.models import OrderEvent
from tests.logistics.pictures import picture
from tests.logistics.stops import WARD, audited, count, hire, plan, plan_drop_off, status_of, today
from tests.support import people
from tests.support.orders import ORDER, place
from tests.support.people import MONA, WANDA, account_id_of, bearer_of
from tests.support.shop import inside

STOPS = "/worker/api/deliveries"


def upload(client) -> str:
    return client.post("/worker/api/files", data=picture(), content_type="image/jpeg").json["id"]


@pytest.mark.slow
def test_shows_ones_own_stops_in_the_order_they_are_driven(app, admin, worker):
    hire(app, WARD)
    last, first, second = (plan(app, admin, position=position) for position in (9, 1, 1))
    plan(app, admin, worker_id=account_id_of(app, WARD))
    plan(app, admin, worker_id=None)
    tomorrow = plan(app, admin, day=today(app, 1))
    called_off = plan(app, admin)
    admin.delete(f"/admin/api/deliveries/{called_off['id']}")
    assert [stop["id"] for stop in worker.get(STOPS).json] == [first["id"], second["id"], last["id"]]
    assert worker.get(f"{STOPS}?date={today(app)}").json == worker.get(STOPS).json
    assert [stop["id"] for stop in worker.get(f"{STOPS}?date={today(app, 1)}").json] == [tomorrow["id"]]
    for wrong in ("?date=today", "?date=2030-02-30", "?day=2030-01-01"):
        assert worker.get(f"{STOPS}{wrong}").status_code == 400


def test_what_is_under_way_since_yesterday_is_still_there_to_be_ended(app, admin, worker):
    started, left = plan(app, admin), plan(app, admin)
    worker.put(f"{STOPS}/{started['id']}/start")
    with inside(app), unit_of_work() as session:
        session.execute(update(Delivery).values(day=date.fromisoformat(today(app, -1))))
    of_today = plan(app, admin)
    assert [stop["id"] for stop in worker.get(STOPS).json] == [started["id"], of_today["id"]]
    assert [stop["id"] for stop in worker.get(f"{STOPS}?date={today(app)}").json] == [of_today["id"]]
    assert [stop["id"] for stop in worker.get(f"{STOPS}?date={today(app, -1)}").json] == [started["id"], left["id"]]
    assert worker.put(f"{STOPS}/{started['id']}/complete", json={"name": "Jane"}).status_code == 200


def test_says_what_a_driver_needs(app, admin, worker):
    order = place(admin, serviceIds=["s1", "s1", "s3"])
    stop = plan(app, admin, order_id=order["id"], address="1 High St", window="9-10")
    expected = {"orderNumber": order["number"], "customerName": "Jane Smith", "customerPhone": ORDER["customerPhone"], "pieces": 3}
    assert worker.get(STOPS).json == [{**stop, **expected}]


def test_the_list_costs_the_same_however_long_it_is(app, admin, worker, statements):
    def cost() -> int:
        statements.clear()
        worker.get(STOPS)
        return len(statements)

    plan(app, admin)
    short = cost()
    for _ in range(6):
        plan(app, admin)
    assert short > 0
    assert cost() == short


def test_a_drop_off_takes_its_order_along(app, admin, worker):
    stop = plan_drop_off(app, admin)
    started = worker.put(f"{STOPS}/{stop['id']}/start")
    assert (started.status_code, started.json["status"], started.headers["ETag"]) == (200, "STARTED", '"v2"')
    assert started.json["startedAt"]
    assert status_of(admin, stop["orderId"]) == "Out for Delivery"
    done = worker.put(f"{STOPS}/{stop['id']}/complete", json={"name": "Jane Smith"})
    assert (done.status_code, done.json["status"]) == (200, "DONE")
    assert done.json["proof"] == {"name": "Jane Smith", "photo": None, "signature": None, "scanned": False}
    assert done.json["finishedAt"] >= done.json["startedAt"]
    assert status_of(admin, stop["orderId"]) == "Delivered"
    assert [entry.after["status"] for entry in audited(app, "delivery.moved", f"delivery:{stop['id']}")] == ["STARTED", "DONE"]


def test_a_pickup_leaves_its_order_where_it_is(app, admin, worker):
    stop = plan(app, admin)
    for step, body in (("start", None), ("complete", {"name": "Jane"})):
        assert worker.put(f"{STOPS}/{stop['id']}/{step}", json=body).status_code == 200
        assert status_of(admin, stop["orderId"]) == "At Store"


def test_only_what_is_ready_is_loaded(app, admin, worker):
    stop = plan(app, admin, kind="DROP_OFF")
    refused = worker.put(f"{STOPS}/{stop['id']}/start")
    assert (refused.status_code, refused.json["state"]) == (409, {"status": "At Store"})
    assert worker.get(STOPS).json[0]["status"] == "PLANNED"


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"name": None},
        {"name": ""},
        {"name": "  "},
        {"photo": "0" * 32},
        {"photo": "../../etc/passwd"},
        {"name": "x" * 101},
        {"note": "x"},
    ],
    ids=str,
)
def test_without_a_proof_nothing_is_complete(app, admin, worker, proof):
    stop = plan_drop_off(app, admin)
    worker.put(f"{STOPS}/{stop['id']}/start")
    response = worker.put(f"{STOPS}/{stop['id']}/complete", json=proof)
    assert response.status_code == 400, response.text
    assert status_of(admin, stop["orderId"]) == "Out for Delivery"
    assert worker.get(STOPS).json[0]["status"] == "STARTED"


@pytest.mark.parametrize("kind", ["photo", "signature"])
def test_a_photo_or_a_signature_is_proof_enough(app, admin, worker, kind):
    stop, file_id = plan(app, admin), upload(worker)
    worker.put(f"{STOPS}/{stop['id']}/start")
    done = worker.put(f"{STOPS}/{stop['id']}/complete", json={kind: file_id})
    assert (done.status_code, done.json["proof"][kind]) == (200, file_id)
    assert admin.get(f"/admin/api/files/{file_id}").status_code == 200


def test_anothers_photo_proves_nothing(app, admin, worker):
    stop, ward = plan(app, admin), hire(app, WARD)
    worker.put(f"{STOPS}/{stop['id']}/start")
    refused = worker.put(f"{STOPS}/{stop['id']}/complete", json={"photo": upload(ward)})
    assert (refused.status_code, refused.json["code"]) == (400, "no_such_proof")


def test_what_failed_is_planned_again_for_the_next_day(app, admin, worker):
    stop = plan_drop_off(app, admin, address="1 High St", window="9-10")
    worker.put(f"{STOPS}/{stop['id']}/start")
    failed = worker.put(f"{STOPS}/{stop['id']}/fail", json={"reason": "Nobody at home"})
    assert (failed.status_code, failed.json["status"], failed.json["failureReason"]) == (200, "FAILED", "Nobody at home")
    assert status_of(admin, stop["orderId"]) == "Ready"
    (again,) = worker.get(f"{STOPS}?date={today(app, 1)}").json
    kept = ("orderId", "workerId", "kind", "address", "window")
    assert [again[name] for name in kept] == [stop[name] for name in kept]
    assert (again["status"], again["failureReason"], again["startedAt"]) == ("PLANNED", None, None)
    old, new = f"delivery:{stop['id']}", f"delivery:{again['id']}"
    assert [entry.after for entry in audited(app, "delivery.planned_again", old)] == [{"as": new}]
    assert [entry.before for entry in audited(app, "delivery.planned", new)] == [{"failed": old}]


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": None}, {"reason": "x" * 301}, {"reason": "two\nlines"}], ids=str)
def test_a_failure_has_a_reason(app, admin, worker, body):
    stop = plan(app, admin)
    worker.put(f"{STOPS}/{stop['id']}/start")
    assert worker.put(f"{STOPS}/{stop['id']}/fail", json=body).status_code == 400
    assert count(app, Delivery) == 1


def test_a_wrong_step_says_where_the_stop_is(app, admin, worker):
    path = f"{STOPS}/{plan(app, admin)['id']}"
    ends = (("complete", {"name": "Jane"}), ("fail", {"reason": "Rain"}))
    for step, body in ends:
        refused = worker.put(f"{path}/{step}", json=body)
        assert (refused.status_code, refused.json["code"], refused.json["state"]) == (409, "wrong_delivery_step", {"status": "PLANNED"})
    assert worker.put(f"{path}/start").status_code == 200
    assert worker.put(f"{path}/start").json["state"] == {"status": "STARTED"}
    assert worker.put(f"{path}/complete", json={"name": "Jane"}).status_code == 200
    for step, body in (("start", None), *ends):
        refused = worker.put(f"{path}/{step}", json=body)
        assert (refused.status_code, refused.json["state"]) == (409, {"status": "DONE"})


def test_a_stranger_with_a_van_does_nothing_to_it(app, admin, worker):
    ward, mona = hire(app, WARD), people.client_of(app, MONA)
    stop, nobodys = plan_drop_off(app, admin), plan(app, admin, worker_id=None)
    steps = (("start", None), ("complete", {"name": "Jane"}), ("fail", {"reason": "Rain"}))
    for stranger in (ward, mona, admin):
        assert stranger.get(STOPS).json == []
        for step, body in steps:
            refused = stranger.put(f"{STOPS}/{stop['id']}/{step}", json=body)
            assert (refused.status_code, refused.json["code"]) == (403, "not_your_delivery")
    for step, body in steps:
        assert worker.put(f"{STOPS}/{nobodys['id']}/{step}", json=body).status_code == 403
        assert worker.put(f"{STOPS}/999/{step}", json=body).status_code == 404
    assert worker.get(STOPS).json[0]["status"] == "PLANNED"


def test_refuses_whoever_does_not_drive(app, client, admin, alice, employee):
    stop = plan(app, admin)
    for somebody, status in ((client, 401), (alice, 401), (employee, 403)):
        assert somebody.get(STOPS).status_code == status
        for step, body in (("start", None), ("complete", {"name": "Jane"}), ("fail", {"reason": "Rain"})):
            assert somebody.put(f"{STOPS}/{stop['id']}/{step}", json=body).status_code == status
        assert somebody.post("/worker/api/sync", json={"events": []}).status_code == status
        assert somebody.post("/worker/api/files", data=picture(), content_type="image/jpeg").status_code == status
        assert somebody.get(f"/worker/api/files/{'0' * 32}").status_code == status


def test_a_phone_with_a_token_drives_too(app, admin, client):
    stop = plan(app, admin)
    assert client.put(f"{STOPS}/{stop['id']}/start", headers=bearer_of(app, WANDA)).status_code == 200


def test_a_manager_drives_their_own_stops(app, admin):
    mona = people.client_of(app, MONA)
    stop = plan(app, admin, worker_id=account_id_of(app, MONA))
    assert mona.put(f"{STOPS}/{stop['id']}/start").status_code == 200


def test_of_many_who_complete_one_stop_at_once_one_does(app, admin, worker):
    stop = plan_drop_off(app, admin)
    worker.put(f"{STOPS}/{stop['id']}/start")
    phones = [people.client_of(app, WANDA) for _ in range(6)]

    def complete(number: int):
        return phones[number].put(f"{STOPS}/{stop['id']}/complete", json={"name": f"Phone {number}"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(complete, range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert {answer.json["state"]["status"] for answer in answers if answer.status_code == 409} == {"DONE"}
    won = next(answer.json["proof"]["name"] for answer in answers if answer.status_code == 200)
    assert worker.get(STOPS).json[0]["proof"]["name"] == won
    assert count(app, OrderEvent, OrderEvent.order_id == stop["orderId"], OrderEvent.event == "delivered") == 1


def test_of_many_who_report_one_failure_at_once_one_plans_again(app, admin, worker):
    stop = plan_drop_off(app, admin)
    worker.put(f"{STOPS}/{stop['id']}/start")
    phones = [people.client_of(app, WANDA) for _ in range(6)]

    def fail(phone):
        return phone.put(f"{STOPS}/{stop['id']}/fail", json={"reason": "Rain"}).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(fail, phones)) == [200] + [409] * 5
    assert count(app, Delivery, Delivery.status == DeliveryStatus.PLANNED) == 1


def test_a_repeated_step_with_a_key_gets_the_first_answer(app, admin, worker):
    stop = plan(app, admin)
    answers = [worker.put(f"{STOPS}/{stop['id']}/start", headers={"Idempotency-Key": "s1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json


def test_an_order_that_moved_meanwhile_undoes_the_whole_step(app, admin, worker):
    stop = plan_drop_off(app, admin)
    worker.put(f"{STOPS}/{stop['id']}/start")
    assert admin.put(f"/admin/api/orders/{stop['orderId']}", json={"status": "Ready"}).status_code == 200
    refused = worker.put(f"{STOPS}/{stop['id']}/complete", json={"name": "Jane"})
    assert (refused.status_code, refused.json["state"]) == (409, {"status": "Ready"})
    assert worker.get(STOPS).json[0]["status"] == "STARTED"
    with inside(app):
        assert db.session.get(Delivery, stop["id"]).proof is None
