"""Placing and moving orders, with others doing the same at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.errors import DomainError
from app.extensions import db
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.orders import events, order_service, queries
from app.orders.errors import UnknownOrder, WrongStep
from app.orders.order_rules import Event, Status
from tests.support.orders import ORDER
from tests.support.shop import inside

CLERK = Principal(Role.EMPLOYEE, "Erin", "employee", account_id=7)


def test_ticket_numbers_have_no_gap_however_many_place_at_once(app):
    def place(number: int) -> int | None:
        with inside(app):
            wanted = ["s1"] if number % 5 else ["s1", "unknown"]  # every fifth fails after others have begun
            try:
                return order_service.place({**ORDER, "serviceIds": wanted, "pickupDate": None}, by=CLERK).number
            except DomainError:
                return None

    with ThreadPoolExecutor(8) as pool:
        numbers = [number for number in pool.map(place, range(100)) if number is not None]
    assert sorted(numbers) == list(range(1, 81))


def test_a_failed_order_gives_its_number_back(app):
    with inside(app):

        def fail(order, by) -> None:
            raise RuntimeError("a listener fails")

        with events.order_placed.connected_to(fail), pytest.raises(RuntimeError):
            order_service.place({**ORDER, "pickupDate": None}, by=CLERK)
        assert queries.newest().rows == []
        assert order_service.place({**ORDER, "pickupDate": None}, by=CLERK).number == 1


def test_each_step_is_in_the_timeline(app):
    with inside(app):
        order_id = order_service.place({**ORDER, "pickupDate": None}, by=CLERK).id
        for event in (Event.START, Event.FINISH, Event.COLLECT):
            order_service.transition(order_id, event, by=CLERK)
        story = [(step["event"], step["status"], step["by"]) for step in queries.timeline(order_id)]
    assert story == [
        ("placed", "At Store", "Erin"),
        ("work started", "Processing", "Erin"),
        ("finished", "Ready", "Erin"),
        ("collected", "Collected", "Erin"),
    ]


def test_a_wrong_step_changes_nothing_and_says_where_it_is(app):
    with inside(app):
        order_id = order_service.place({**ORDER, "pickupDate": None}, by=CLERK).id
        with pytest.raises(WrongStep) as refused:
            order_service.transition(order_id, Event.COLLECT, by=CLERK)
        assert refused.value.state == {"status": Status.AT_STORE}
        assert len(queries.timeline(order_id)) == 1
        with pytest.raises(UnknownOrder):
            order_service.transition("000000000000", Event.START, by=CLERK)


def test_of_twenty_who_hand_it_over_one_does(app):
    with inside(app):
        order_id = order_service.place({**ORDER, "pickupDate": None}, by=CLERK).id
        for event in (Event.START, Event.FINISH):
            order_service.transition(order_id, event, by=CLERK)

    def collect(_: int) -> bool:
        with inside(app):
            try:
                order_service.transition(order_id, Event.COLLECT, by=CLERK)
            except WrongStep:
                return False
            return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(collect, range(20))) == 1
    with inside(app):
        assert [step["event"] for step in queries.timeline(order_id)].count("collected") == 1


def test_what_was_announced_is_written_in_the_same_transaction(app):
    heard: list[str] = []

    def hear(order, by) -> None:
        heard.append(order.id)
        assert db.session().writing

    with inside(app), events.order_placed.connected_to(hear):
        order = order_service.place({**ORDER, "pickupDate": None}, by=CLERK)
    assert heard == [order.id]
