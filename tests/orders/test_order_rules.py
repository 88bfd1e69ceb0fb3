"""An order's life, as the table says it, and what it costs."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.money import LARGEST, Money
from app.identity.permissions import Role
from app.orders.errors import CannotUndo, NotYourStep, TooExpensive, WrongStep
from app.orders.order_rules import TRANSITIONS, UNDO_WITHIN, Event, Line, Status, finished_at, merge, possible, step, take_back, total

FINAL = {Status.DELIVERED, Status.COLLECTED, Status.CANCELLED}


def test_every_status_can_be_reached():
    reached = {Status.AT_STORE}
    for _ in Status:
        reached |= {to for (start, _), (to, _) in TRANSITIONS.items() if start in reached}
    assert reached == set(Status)


def test_every_status_leads_to_an_end():
    ending = set(FINAL)
    for _ in Status:
        ending |= {start for (start, _), (to, _) in TRANSITIONS.items() if to in ending}
    assert ending == set(Status)


def test_nothing_leaves_an_end():
    assert not {start for start, _ in TRANSITIONS} & FINAL


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("event", Event)
def test_what_the_table_does_not_say_is_refused(status, event):
    if (status, event) in TRANSITIONS:
        assert step(status, event, Role.ADMIN) == TRANSITIONS[status, event][0]
    else:
        with pytest.raises(WrongStep) as refused:
            step(status, event, Role.ADMIN)
        assert refused.value.state == {"status": status}


def test_what_may_happen_next_depends_on_who_asks():
    assert possible(Status.AT_STORE, Role.ADMIN) == [Event.SEND_OUT, Event.START, Event.CANCEL]
    assert possible(Status.AT_STORE, Role.WORKER) == [Event.SEND_OUT]
    assert possible(Status.COLLECTED, Role.ADMIN) == []


def test_a_customer_may_only_cancel():
    assert {event for (_, event), (_, roles) in TRANSITIONS.items() if Role.CUSTOMER in roles} == {Event.CANCEL}
    with pytest.raises(NotYourStep):
        step(Status.READY, Event.COLLECT, Role.CUSTOMER)


def test_nobody_unknown_moves_anything():
    assert not any(Role.ANYONE in roles for _, roles in TRANSITIONS.values())


def test_repeated_services_are_counted():
    assert merge(["s1", "s3", "s1"]) == [Line("s1", 2), Line("s3", 1)]


def test_the_total_is_exact():
    assert total([(Money(1999, "INR"), 3), (Money(1, "INR"), 1)], "INR") == Money(5998, "INR")
    with pytest.raises(TooExpensive):
        total([(Money(LARGEST, "INR"), 2)], "INR")


def test_the_longest_service_decides_when_it_is_finished():
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    assert finished_at(noon, [24, 48, 12]) == noon + timedelta(hours=48)


def test_only_what_stays_in_the_house_can_be_taken_back_and_not_for_long():
    assert take_back(Event.COLLECT, Status.READY, UNDO_WITHIN, Status.COLLECTED, Role.EMPLOYEE) == Status.READY
    travelling = {Event.SEND_OUT, Event.RECEIVE_AT_PLANT, Event.SEND_BACK, Event.RECEIVE_AT_STORE, Event.LOAD, Event.DELIVER}
    for event in travelling | {Event.UNDO, Event.CANCEL}:
        with pytest.raises(CannotUndo):
            take_back(event, Status.READY, timedelta(0), Status.IN_TRANSIT, Role.ADMIN)
    with pytest.raises(CannotUndo):
        take_back(Event.COLLECT, Status.READY, UNDO_WITHIN + timedelta(seconds=1), Status.COLLECTED, Role.ADMIN)
    for nobody in (Role.WORKER, Role.CUSTOMER, Role.ANYONE):
        with pytest.raises(NotYourStep):
            take_back(Event.FINISH, Status.PROCESSING, timedelta(0), Status.READY, nobody)
