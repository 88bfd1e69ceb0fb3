"""The outbox: with the change or not at all, each message to one carrier at a time, in order, and again after a death."""

import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.notifications import outbox_service, queries
from app.notifications.outbox_service import Again, Done, Parked, deliver_due, lease, put, settle
from tests.support.shop import inside


def message(number: int, *, subject: str = "order:1", target: str = "7", **more) -> dict:
    return {"route": "test", "target": target, "subject": subject, "topic": "t", "data": {"number": number}, **more}


def states(target: str = "7") -> list[tuple[int, str, int]]:
    db.session.rollback()
    return [(row.data["number"], row.state, row.attempts) for row in reversed(queries.sent_to("test", target, limit=100).rows)]


class Carrier:
    """Keeps what it was given; answers what it is told to."""

    def __init__(self, *answers):
        self.answers, self.carried = list(answers), []

    def __call__(self, message, now):
        self.carried.append(message.data["number"])
        answer = self.answers.pop(0) if self.answers else Done()
        if isinstance(answer, BaseException):
            raise answer
        return answer


def test_is_written_with_the_change_or_not_at_all(app):
    outbox_service.take_noted()
    with inside(app):
        with suppress(RuntimeError), unit_of_work():
            put([message(1)])
            raise RuntimeError("the change fails")
        assert (states(), outbox_service.take_noted()) == ([], set())
        with unit_of_work():
            put([message(2)])
        assert (states(), outbox_service.take_noted()) == ([(2, "waiting", 0)], {"main"})


def test_of_many_who_carry_at_once_each_message_has_one_and_each_thing_its_order(app):
    subjects, each = 6, 5
    with inside(app), unit_of_work():
        put([message(number, subject=f"order:{number % subjects}") for number in range(subjects * each)])
    carried, writing = [], threading.Lock()

    def carrier(message, now):
        with writing:
            carried.append((message.subject, message.data["number"]))
        time.sleep(0.002)
        return Done()

    def carry(_):
        with inside(app):
            return sum(deliver_due({"test": carrier}) for _ in range(6))

    with ThreadPoolExecutor(6) as pool:
        tried = sum(pool.map(carry, range(6)))
    with inside(app):
        tried += deliver_due({"test": carrier})
    by_subject = defaultdict(list)
    for subject, number in carried:
        by_subject[subject].append(number)
    assert tried == len(carried) == subjects * each
    assert all(numbers == sorted(set(numbers)) for numbers in by_subject.values())


def test_a_message_that_fails_keeps_later_ones_about_the_same_waiting_and_no_others(app):
    now = clock.now() + timedelta(seconds=5)
    with inside(app):
        put([message(1), message(2), message(3, subject="order:2"), message(4, target="8")])
        carrier = Carrier(Again(now + timedelta(minutes=5), "later", shut=False))
        assert deliver_due({"test": carrier}, now=lambda: now) == 3
        assert carrier.carried == [1, 3, 4]
        assert deliver_due({"test": carrier}, now=lambda: now + timedelta(minutes=4)) == 0
        assert deliver_due({"test": carrier}, now=lambda: now + timedelta(minutes=6)) == 2
        assert carrier.carried == [1, 3, 4, 1, 2]


def test_who_shuts_is_left_alone_for_this_round(app):
    now = clock.now() + timedelta(seconds=5)
    with inside(app):
        put([message(1), message(2, subject="order:2"), message(3, target="8")])
        carrier = Carrier(Again(now + timedelta(minutes=5), "later"))
        assert deliver_due({"test": carrier}, now=lambda: now) == 2
        assert carrier.carried == [1, 3]


def test_after_a_death_it_goes_again_under_the_same_id_and_the_dead_have_no_say(app):
    now = clock.now() + timedelta(seconds=5)
    with inside(app):
        put([message(1)])
        with pytest.raises(KeyboardInterrupt):
            deliver_due({"test": Carrier(KeyboardInterrupt())}, now=lambda: now)
        late = Carrier()
        assert deliver_due({"test": late}, now=lambda: now + timedelta(seconds=59)) == 0
        first = queries.sent_to("test", "7", limit=1).rows[0]
        second = lease(["test"], now + timedelta(seconds=61))
        assert (second.message_id, second.attempts) == (first.message_id, 2)
        third = lease(["test"], now + timedelta(seconds=200))
        assert settle(second, Parked("too late"), now) is False
        assert settle(third, Done(), now) is True
        assert states() == [(1, "done", 3)]


def test_poison_is_parked_and_the_rest_goes_on(app):
    now = clock.now() + timedelta(seconds=5)
    with inside(app):
        put([message(1), message(2), message(3)])
        carrier = Carrier(Parked("never"), ValueError("a bug"))
        assert deliver_due({"test": carrier}, now=lambda: now) == 2  # what failed here is tried again later
        assert states() == [(1, "parked", 1), (2, "waiting", 1), (3, "waiting", 0)]
        for minutes in range(6, 132, 6):
            deliver_due({"test": Carrier(*[ValueError("a bug")] * 2)}, now=lambda m=minutes: now + timedelta(minutes=m))
        assert [state for _, state, _ in states()] == ["parked", "parked", "waiting"]


def test_sent_again_by_hand_and_forgotten_in_time(app):
    with inside(app):
        put([message(1, message_id="msg_1")])
        assert outbox_service.send_again("test", "7", "msg_1") is False  # it waits anyway
        deliver_due({"test": Carrier()})
        assert outbox_service.send_again("test", "8", "msg_1") is False  # somebody else's
        assert outbox_service.send_again("test", "7", "msg_1") is True
        assert states() == [(1, "waiting", 0)]
        outbox_service.forget_before(clock.now() + timedelta(days=1))
        assert states() == [(1, "waiting", 0)]
        deliver_due({"test": Carrier()})
        outbox_service.forget_before(clock.now() + timedelta(days=1))
        assert states() == []


def test_one_receiver_gets_one_message_once(app):
    with inside(app):
        put([message(1, message_id="msg_1"), message(1, message_id="msg_1", target="8")])
        with pytest.raises(IntegrityError):
            put([message(1, message_id="msg_1")])
