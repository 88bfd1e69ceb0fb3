"""What phones recorded without signal: applied once, however often and in whatever order it arrives."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.core import clock
from app.logistics.delivery_rules import DeliveryStatus
from app.logistics.models import Delivery, OfflineEvent
from app.orders.models import OrderEvent
from tests.logistics.pictures import picture
from tests.logistics.stops import WARD, ago, audited, count, hire, plan, plan_drop_off, status_of, today
from tests.support import people
from tests.support.people import WANDA

SYNC, STOPS = "/worker/api/sync", "/worker/api/deliveries"


def start(stop, client_id, at=None, **changes):
    return {"clientId": client_id, "type": "start", "deliveryId": stop["id"], "at": at or ago(minutes=30), **changes}


def complete(stop, client_id, at=None, name="Jane", **changes):
    return {**start(stop, client_id, at or ago(minutes=20)), "type": "complete", "data": {"name": name}, **changes}


def fail(stop, client_id, at=None, **changes):
    return {**start(stop, client_id, at or ago(minutes=20)), "type": "fail", "data": {"reason": "Rain"}, **changes}


def send(client, *events, **headers):
    response = client.post(SYNC, json={"events": list(events)}, headers=headers)
    assert response.status_code == 200, response.text
    return response.json


def statuses(answers):
    return [answer["status"] for answer in answers]


def test_a_day_without_signal(app, admin, worker):
    done, failed = plan_drop_off(app, admin), plan_drop_off(app, admin)
    began, ended = ago(hours=3), ago(hours=2)
    answers = send(worker, start(done, "a", began), complete(done, "b", ended), start(failed, "c"), fail(failed, "d"))
    assert [(answer["clientId"], answer["status"], answer["final"]) for answer in answers] == [(name, "applied", True) for name in "abcd"]
    assert [answer["delivery"]["status"] for answer in answers] == ["DONE", "DONE", "FAILED", "FAILED"]
    assert (answers[0]["delivery"]["startedAt"], answers[0]["delivery"]["finishedAt"]) == (began, ended)
    assert answers[0]["delivery"]["customerName"] == "Jane Smith"
    assert [status_of(admin, stop["orderId"]) for stop in (done, failed)] == ["Delivered", "Ready"]
    assert [stop["orderId"] for stop in worker.get(f"{STOPS}?date={today(app, 1)}").json] == [failed["orderId"]]


def test_answers_stand_in_the_order_sent_and_things_in_the_order_they_happened(app, admin, worker):
    stop = plan_drop_off(app, admin)
    answers = send(worker, complete(stop, "second"), start(stop, "first"))
    assert [(answer["clientId"], answer["status"]) for answer in answers] == [("second", "applied"), ("first", "applied")]


def test_what_began_and_ended_in_one_millisecond_began_first(app, admin, worker):
    stop, at = plan(app, admin), ago(minutes=5)
    assert statuses(send(worker, fail(stop, "second", at), start(stop, "first", at))) == ["applied", "applied"]


def test_the_same_list_again_changes_nothing(app, admin, worker):
    stop = plan_drop_off(app, admin)
    events = [start(stop, "a"), fail(stop, "b")]
    first = send(worker, *events)
    again = send(worker, *reversed(events))
    assert (statuses(first), statuses(again)) == (["applied"] * 2, ["repeated"] * 2)
    assert again[1]["delivery"] == first[0]["delivery"]
    assert count(app, Delivery) == 2  # the stop, and the one planned again
    assert count(app, OfflineEvent) == 2


def test_shuffled_and_twice_from_three_phones_at_once_each_is_applied_once(app, admin):
    """Three connections send everything, twice each, in any order. Every event has one effect, and one answer says so."""
    stops = [plan_drop_off(app, admin) for _ in range(6)]
    events = []
    for number, stop in enumerate(stops):
        end = fail if number % 3 == 0 else complete
        events += [start(stop, f"start {number}", ago(minutes=40 - number)), end(stop, f"end {number}", ago(minutes=20 - number))]
    phones = [people.client_of(app, WANDA) for _ in range(3)]

    def replay(number):
        answers = []
        for time in range(2):
            shuffled = random.Random(number * 10 + time).sample(events, len(events))
            answers += send(phones[number], *shuffled)
        return answers

    with ThreadPoolExecutor(3) as pool:
        answers = [answer for some in pool.map(replay, range(3)) for answer in some]
    for event in events:
        mine = sorted(answer["status"] for answer in answers if answer["clientId"] == event["clientId"])
        assert mine == ["applied"] + ["repeated"] * 5, event["clientId"]
    for number, stop in enumerate(stops):
        end = ("FAILED", "Ready", "could not be delivered") if number % 3 == 0 else ("DONE", "Delivered", "delivered")
        assert [entry.after["status"] for entry in audited(app, "delivery.moved", f"delivery:{stop['id']}")] == ["STARTED", end[0]]
        assert status_of(admin, stop["orderId"]) == end[1]
        for step in ("loaded for delivery", end[2]):
            assert count(app, OrderEvent, OrderEvent.order_id == stop["orderId"], OrderEvent.event == step) == 1
    assert count(app, Delivery, Delivery.status == DeliveryStatus.PLANNED) == 2
    assert count(app, OfflineEvent) == len(events)


def test_one_id_is_one_event(app, admin, worker):
    stop = plan(app, admin)
    send(worker, start(stop, "a", at := ago(minutes=9)))
    for other in (complete(stop, "a"), start(stop, "a", ago(minutes=8)), start({"id": 999}, "a", at)):
        (answer,) = send(worker, other)
        assert (answer["status"], answer["final"], answer["code"]) == ("refused", True, "client_id_reused")
    assert statuses(send(worker, start(stop, "a", at))) == ["repeated"]
    twice = send(worker, complete(stop, "b", name="Jane"), complete(stop, "b", name="John", at=ago(minutes=1)))
    assert statuses(twice) == ["applied", "refused"]


def test_ids_are_each_drivers_own(app, admin, worker):
    ward = hire(app, WARD)
    mine, his = plan(app, admin), plan(app, admin, worker_id=people.account_id_of(app, WARD))
    assert statuses(send(worker, start(mine, "1"))) == statuses(send(ward, start(his, "1"))) == ["applied"]


def test_a_conflict_stays_a_conflict(app, admin, worker):
    """The stop is past that step; the first answer is the answer, whatever happens later."""
    stop = plan(app, admin)
    send(worker, start(stop, "a"), complete(stop, "b", at := ago(minutes=20)))
    for event in (start(stop, "again", at), fail(stop, "late", at)):
        first, second = send(worker, event), send(worker, event)
        assert first == second
        assert (first[0]["status"], first[0]["final"], first[0]["state"]) == ("refused", True, {"status": "DONE"})
        assert first[0]["delivery"]["status"] == "DONE"
    assert count(app, OfflineEvent) == 4


def test_what_may_still_become_right_is_judged_anew(app, admin, worker):
    """An end that arrives in an earlier request than its start is not lost."""
    stop = plan(app, admin)
    end = complete(stop, "end", ago(minutes=5))
    (early,) = send(worker, end)
    assert (early["status"], early["final"], early["state"]) == ("refused", False, {"status": "PLANNED"})
    assert statuses(send(worker, start(stop, "start"))) == ["applied"]
    assert statuses(send(worker, end)) == ["applied"]
    assert statuses(send(worker, end)) == ["repeated"]


def test_a_photo_may_follow(app, admin, worker):
    stop = plan(app, admin)
    end = complete(stop, "end", ago(minutes=5), data={"photo": "0" * 32})
    answers = send(worker, start(stop, "start"), end)
    assert (statuses(answers), answers[1]["code"], answers[1]["final"]) == (["applied", "refused"], "no_such_proof", False)
    assert answers[1]["delivery"]["status"] == "STARTED"
    file_id = worker.post("/worker/api/files", data=picture(), content_type="image/jpeg").json["id"]
    assert statuses(send(worker, {**end, "data": {"photo": file_id}})) == ["applied"]


def test_anothers_stop_is_refused_and_not_shown(app, admin, worker):
    ward = hire(app, WARD)
    stop = plan(app, admin)
    answers = send(ward, start(stop, "a"), start({"id": 999}, "b"))
    assert [(answer["code"], answer["final"], "delivery" in answer) for answer in answers] == [
        ("not_your_delivery", False, False),
        ("unknown_delivery", False, False),
    ]
    assert worker.get(STOPS).json[0]["status"] == "PLANNED"


def test_a_refused_event_takes_no_other_with_it(app, admin, worker):
    good, unready = plan(app, admin), plan(app, admin, kind="DROP_OFF")
    answers = send(worker, start(good, "a"), start(unready, "b", ago(minutes=29)), complete(good, "c"), {"clientId": "d"})
    assert statuses(answers) == ["applied", "refused", "applied", "refused"]
    assert answers[1]["state"] == {"status": "At Store"}
    assert (answers[3]["code"], answers[3]["final"]) == ("malformed_event", False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "cancel"},
        {"type": None},
        {"deliveryId": "1"},
        {"deliveryId": -1},
        {"at": "yesterday"},
        {"at": "2026-01-01T00:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": 5},
        {"data": []},
        {"data": {"name": "Jane"}},
        {"surprise": 1},
    ],
    ids=str,
)
def test_a_malformed_event_is_refused_alone_and_may_be_sent_again_mended(app, admin, worker, wrong):
    bad, good = plan(app, admin), plan(app, admin)
    answers = send(worker, {**start(bad, "bad"), **wrong}, start(good, "good"))
    assert [(answer["status"], answer.get("code")) for answer in answers] == [("refused", "malformed_event"), ("applied", None)]
    assert statuses(send(worker, start(bad, "bad"))) == ["applied"]


def test_time_has_limits(app, admin, worker):
    stop = plan(app, admin)
    for at, code, final in ((ago(minutes=-6), "in_the_future", False), (ago(days=14, minutes=1), "too_long_ago", True)):
        (answer,) = send(worker, start(stop, "a", at))
        assert (answer["status"], answer["code"], answer["final"]) == ("refused", code, final)
    assert count(app, OfflineEvent) == 0
    (answer,) = send(worker, start(stop, "a", ago(minutes=-4)))  # a fast clock: counts as now
    assert answer["status"] == "applied"
    assert answer["delivery"]["startedAt"] <= clock.wire(clock.now())
    zoned = (clock.now() - timedelta(minutes=1)).isoformat().replace("+00:00", "-00:00")
    assert statuses(send(worker, complete(stop, "b", zoned))) == ["applied"]


def test_nothing_ends_before_it_began(app, admin, worker):
    stop = plan(app, admin)
    worker.put(f"{STOPS}/{stop['id']}/start")
    (answer,) = send(worker, complete(stop, "a", ago(hours=5)))
    assert answer["delivery"]["finishedAt"] == answer["delivery"]["startedAt"]


@pytest.mark.parametrize(
    "body",
    [{}, {"events": []}, {"events": {}}, {"events": [1]}, {"events": [{}]}, {"events": [{"clientId": ""}]}, {"events": None}],
    ids=str,
)
def test_a_list_of_what_has_no_id_is_refused_whole(worker, body):
    assert worker.post(SYNC, json=body).status_code == 400


@pytest.mark.slow
def test_takes_two_hundred_events_and_not_one_more(app, admin, worker):
    stop = plan(app, admin)
    events = [start(stop, f"{number}") for number in range(201)]
    assert worker.post(SYNC, json={"events": events}).status_code == 400
    assert statuses(send(worker, *events[:200])) == ["applied"] + ["refused"] * 199


def test_under_a_key_a_refused_event_leaves_nothing_behind_either(app, admin, worker):
    """The whole request is one transaction then, and each event a part of it that is undone alone."""
    stop, unready = plan(app, admin), plan(app, admin, kind="DROP_OFF")
    events = [start(stop, "a"), start(unready, "b"), complete(stop, "c")]
    first = send(worker, *events, **{"Idempotency-Key": "k1"})
    assert statuses(first) == ["applied", "refused", "applied"]
    assert send(worker, *events, **{"Idempotency-Key": "k1"}) == first
    assert count(app, OfflineEvent) == 2
    assert statuses(send(worker, *events)) == ["repeated", "refused", "repeated"]
