from datetime import UTC, date, datetime, timedelta

import pytest

from app.logistics import delivery_rules
from app.logistics.delivery_rules import STEPS, DeliveryEvent, DeliveryStatus, Kind
from app.logistics.errors import BadDay, InTheFuture, OrderIsFinished, ProofMissing, TooLongAgo, WrongDeliveryStep
from app.orders.order_rules import TRANSITIONS, Event, Status

S, E = DeliveryStatus, DeliveryEvent
NOW = datetime(2030, 1, 10, 12, tzinfo=UTC)
TODAY = date(2030, 1, 10)


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("event", E)
def test_every_step_is_in_the_table_or_refused_with_the_state(status, event):
    if (status, event) in STEPS:
        assert delivery_rules.step(status, event) == STEPS[status, event]
    else:
        with pytest.raises(WrongDeliveryStep) as refused:
            delivery_rules.step(status, event)
        assert refused.value.state == {"status": status}


def test_what_ended_stays_ended():
    for status in (S.DONE, S.FAILED, S.CANCELLED):
        assert not any((status, event) in STEPS or delivery_rules.may_still(status, event) for event in E)


def test_an_end_may_come_before_its_start_but_a_second_start_never_becomes_right():
    assert delivery_rules.may_still(S.PLANNED, E.COMPLETE)
    assert delivery_rules.may_still(S.PLANNED, E.FAIL)
    assert not delivery_rules.may_still(S.STARTED, E.START)


def test_only_a_drop_off_moves_its_order_and_only_along_the_lifecycle():
    moves = {step: delivery_rules.order_event(Kind.DROP_OFF, *step) for step in STEPS}
    assert moves[S.PLANNED, E.START] == Event.LOAD
    assert moves[S.PLANNED, E.CANCEL] is None
    assert {delivery_rules.order_event(Kind.PICKUP, *step) for step in STEPS} == {None}
    ends = {move: TRANSITIONS[Status.OUT_FOR_DELIVERY, move][0] for move in moves.values() if move not in (None, Event.LOAD)}
    assert ends == {Event.DELIVER: Status.DELIVERED, Event.FAIL_DELIVERY: Status.READY}


@pytest.mark.parametrize("status", Status)
def test_nobody_drives_for_a_finished_order(status):
    if status in (Status.DELIVERED, Status.COLLECTED, Status.CANCELLED):
        with pytest.raises(OrderIsFinished):
            delivery_rules.ensure_wanted(status)
    else:
        delivery_rules.ensure_wanted(status)


def test_plans_are_for_today_or_within_a_year():
    for days in (0, 1, 366):
        delivery_rules.ensure_plannable(TODAY + timedelta(days), TODAY)
    for day in (TODAY - timedelta(1), TODAY + timedelta(367), date.min, date.max):
        with pytest.raises(BadDay):
            delivery_rules.ensure_plannable(day, TODAY)


@pytest.mark.parametrize("data", [{}, {"name": None}, {"photo": None, "signature": None}])
def test_a_proof_proves_something(data):
    with pytest.raises(ProofMissing):
        delivery_rules.proof_of(data)


def test_one_proof_is_enough():
    assert delivery_rules.proof_of({"signature": "a"}) == {"name": None, "photo": None, "signature": "a"}


def test_an_offline_event_happened_within_two_weeks_and_not_after_now():
    earlier = NOW - timedelta(days=14)
    assert delivery_rules.happened_at(earlier, NOW) == earlier
    assert delivery_rules.happened_at(NOW + timedelta(minutes=5), NOW) == NOW
    with pytest.raises(TooLongAgo):
        delivery_rules.happened_at(earlier - timedelta(milliseconds=1), NOW)
    with pytest.raises(InTheFuture):
        delivery_rules.happened_at(NOW + timedelta(minutes=5, milliseconds=1), NOW)
