"""Batches with others doing the same at the same moment, and beside each guard what happens without it."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from app.audit.models import AuditEntry
from app.core.errors import DomainError, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.orders import events, order_service
from app.orders import queries as orders
from app.orders.errors import WrongStep
from app.orders.order_rules import TRANSITIONS, Event, Status
from app.transit import queries, transit_service
from app.transit.batch_rules import ENDS, JOURNEYS, BatchEvent
from app.transit.errors import AlreadyInBatch, WrongBatchStep
from app.transit.models import TransitLine
from tests.support.orders import ORDER
from tests.support.shop import inside

CLERK = Principal(Role.EMPLOYEE, "Erin", "employee", account_id=7)
CUSTOMER = Principal(Role.CUSTOMER, "Jane", "api", account_id=8)


def placed(count: int) -> list[str]:
    with unit_of_work():
        return [order_service.place({**ORDER, "pickupDate": None}, by=CLERK).id for _ in range(count)]


def made(order_ids: list[str]) -> int:
    return transit_service.create({"order_ids": order_ids, "type": "STORE_TO_FACTORY", "created_by": None}, by=CLERK).id


def at_once(app, count: int, work: Callable[[int], object]) -> Counter:
    """All start together; counted by what came of it."""
    start = threading.Barrier(count)

    def one(number: int) -> str:
        with inside(app):
            start.wait()
            try:
                work(number)
            except DomainError as refusal:
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


def test_of_twenty_who_put_one_order_into_a_batch_one_does(app):
    with inside(app):
        (order_id,) = placed(1)
    assert at_once(app, 20, lambda _: made([order_id])) == {"done": 1, AlreadyInBatch.__name__: 19}
    with inside(app):
        assert len(queries.newest().rows) == 1


def test_without_the_index_more_than_one_does(app):
    """The control: everything else as above."""
    with inside(app):
        (order_id,) = placed(1)
        with unit_of_work() as session:
            session.execute(text("DROP INDEX uq_transit_line_open_order"))
    assert at_once(app, 20, lambda _: made([order_id]))["done"] > 1


def test_of_two_who_want_the_same_orders_the_other_way_round_one_gets_them(app):
    """Rows are locked in one order whoever asks, so nobody waits in a circle."""
    with inside(app):
        order_ids = placed(40)
    came = at_once(app, 10, lambda number: made(order_ids if number % 2 else order_ids[::-1]))
    assert came == {"done": 1, AlreadyInBatch.__name__: 9}


def test_of_fifty_who_initiate_one_batch_one_does(app):
    with inside(app):
        order_ids = placed(3)
        batch_id = made(order_ids)
    came = at_once(app, 50, lambda _: transit_service.advance(batch_id, BatchEvent.INITIATE, expected=None, by=CLERK))
    assert came == {"done": 1, WrongBatchStep.__name__: 49}
    with inside(app):
        assert queries.get(batch_id).version == 2
        assert [step["event"] for step in orders.timeline(order_ids[0])] == ["placed", "sent to the plant"]
        assert audited(f"transit_batch:{batch_id}") == ["transit_batch.created", "transit_batch.initiated"]


def test_of_two_with_one_etag_one_changes_it(app):
    with inside(app):
        order_ids = placed(11)
        batch_id = made(order_ids[:1])

    def add(number: int) -> None:
        transit_service.add_orders(batch_id, [order_ids[number + 1]], expected=1, by=CLERK)

    assert at_once(app, 10, add) == {"done": 1, StaleVersion.__name__: 9}
    with inside(app):
        assert len(queries.get(batch_id).order_ids) == 2


def test_a_batch_and_its_order_cancelled_at_once_agree_in_the_end(app):
    """Whichever comes first: no cancelled order is on the road, and nobody waits for ever."""
    for _ in range(5):
        with inside(app):
            order_ids = placed(4)
            batch_id = made(order_ids)

        def act(number: int, batch_id: int = batch_id, order_ids: list[str] = order_ids) -> None:
            if number:
                order_service.transition(order_ids[number], Event.CANCEL, by=CUSTOMER)
            else:
                transit_service.advance(batch_id, BatchEvent.INITIATE, expected=None, by=CLERK)

        came = at_once(app, 4, act)
        assert set(came) <= {"done", WrongStep.__name__}
        with inside(app):
            batch = queries.get(batch_id)
            states = {order_id: order["status"] for order_id, order in orders.among(order_ids).items()}
        assert batch.status == "IN_TRANSIT"
        assert set(batch.order_ids) == {order_id for order_id, status in states.items() if status == Status.IN_TRANSIT}
        assert set(states.values()) <= {Status.IN_TRANSIT, Status.CANCELLED}


def test_a_cancelled_order_leaves_its_batch(app):
    with inside(app):
        first, second = placed(2)
        batch_id = made([first, second])
        order_service.transition(first, Event.CANCEL, by=CUSTOMER)
        batch = queries.get(batch_id)
        assert (batch.order_ids, batch.status, batch.version) == ([second], "PENDING", 2)
        assert audited(f"transit_batch:{batch_id}")[-1] == "transit_batch.changed"
        with pytest.raises(StaleVersion):
            transit_service.advance(batch_id, BatchEvent.INITIATE, expected=1, by=CLERK)
        assert transit_service.advance(batch_id, BatchEvent.INITIATE, expected=2, by=CLERK).order_ids == [second]


def test_an_order_that_is_not_cancelled_after_all_stays_in_its_batch(app):
    def fail(order_id: str, **_: object) -> None:
        raise RuntimeError("another listener fails")

    with inside(app):
        (order_id,) = placed(1)
        batch_id = made([order_id])
        with events.order_moved.connected_to(fail), pytest.raises(RuntimeError):
            order_service.transition(order_id, Event.CANCEL, by=CUSTOMER)
        assert (queries.get(batch_id).order_ids, queries.get(batch_id).version) == ([order_id], 1)


def test_an_order_that_came_home_meanwhile_is_no_longer_carried(app):
    """Scanned out of its batch at the plant, worked on and sent back before anybody closed the batch."""
    with inside(app):
        first, second = placed(2)
        batch_id = made([first, second])
        transit_service.advance(batch_id, BatchEvent.INITIATE, expected=None, by=CLERK)
        for step in (Event.RECEIVE_AT_PLANT, Event.START, Event.FINISH, Event.SEND_BACK, Event.RECEIVE_AT_STORE):
            order_service.transition(first, step, by=CLERK)
        transit_service.advance(batch_id, BatchEvent.ARRIVE, expected=None, by=CLERK)
        assert [orders.among([one])[one]["status"] for one in (first, second)] == ["Ready", "At Factory"]


def test_all_move_or_none_does(app):
    with inside(app):
        order_ids = placed(3)
        order_service.transition(order_ids[1], Event.START, by=CLERK)
        with pytest.raises(WrongStep) as refused:
            order_service.transition_many(order_ids, Event.SEND_OUT, by=CLERK)
        assert refused.value.state == {"status": Status.PROCESSING}
        assert {order["status"] for order in orders.among(order_ids).values()} == {Status.AT_STORE, Status.PROCESSING}


def test_each_of_many_is_noted_audited_and_announced(app):
    heard: list[tuple[str, str, str]] = []

    def hear(order_id: str, *, event: str, before: str, after: str) -> None:
        heard.append((order_id, before, after))

    with inside(app), events.order_moved.connected_to(hear):
        order_ids = placed(3)
        order_service.transition_many(order_ids, Event.SEND_OUT, by=CLERK)
        assert sorted(heard) == sorted((order_id, "At Store", "In Transit") for order_id in order_ids)
        for order_id in order_ids:
            assert [(step["event"], step["by"]) for step in orders.timeline(order_id)][1:] == [("sent to the plant", "Erin")]
            assert audited(f"order:{order_id}") == ["order.placed", "order.moved"]
            assert orders.get_by_code(order_id).version == 2


def test_a_journey_is_a_way_through_the_lifecycle():
    for journey in JOURNEYS.values():
        on_the_way, _ = TRANSITIONS[journey.needs, journey.leaves]
        assert (on_the_way, journey.arrives) in TRANSITIONS
        assert [start for start, event in TRANSITIONS if event == journey.leaves] == [journey.needs]
    for ending in ENDS:  # nothing happens to an order after these
        assert {TRANSITIONS[way][0] for way in TRANSITIONS if way[1] == ending}.isdisjoint(start for start, _ in TRANSITIONS)


@pytest.mark.slow
def test_five_hundred_orders_take_few_statements_and_little_time(app, statements):
    with inside(app):
        order_ids = placed(500)
        counts, batch_id = {}, None
        for step in ("create", *list(BatchEvent)[1:4]):
            statements.clear()
            began = time.perf_counter()
            if batch_id is None:
                batch_id = made(order_ids)
            else:
                transit_service.advance(batch_id, BatchEvent(step), expected=None, by=CLERK)
            counts[step] = (len(statements), round(time.perf_counter() - began, 3))
        assert db.session.scalar(select(func.count()).where(TransitLine.batch_id == batch_id, TransitLine.received_at.is_not(None))) == 500
    assert max(count for count, _ in counts.values()) <= 25, counts
    assert max(seconds for _, seconds in counts.values()) < 3, counts


def test_the_list_takes_the_same_few_statements_however_long(app, admin, statements):
    def count() -> int:
        statements.clear()
        assert admin.get("/admin/api/transit-batches").status_code == 200
        return len(statements)

    with inside(app):
        made(placed(1))
    count()  # which business it is is remembered
    few = count()
    with inside(app):
        for _ in range(8):
            made(placed(5))
    assert count() == few == 3  # who is asking, the batches, what is in them


def audited(subject: str) -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == subject).order_by(AuditEntry.id)))
