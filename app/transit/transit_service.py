"""Batches on the road.

Every change begins at the batch's own row, so of two who change it at once one waits, finds it changed and is told so. Its orders are
locked next, and looked at after that. Only what an order tells us (below, last) comes the other way round, so it never waits for a batch.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from app.audit import audit_service
from app.core import clock, ids
from app.core.constraints import refusing
from app.core.errors import StaleVersion
from app.core.unit_of_work import savepoint, unit_of_work
from app.core.words import say
from app.extensions import db
from app.identity.principal import Principal
from app.orders import order_service
from app.orders.order_rules import Event, Status
from app.transit import batch_rules, events, queries
from app.transit.batch_rules import JOURNEYS, STEPS, BatchEvent, BatchStatus, BatchType
from app.transit.errors import AlreadyInBatch, BadOrderId, CannotTravel, EmptyBatch, NotInBatch
from app.transit.models import TransitBatch, TransitLine

_STAMPS = {
    BatchEvent.INITIATE: "initiated_at",
    BatchEvent.ARRIVE: "arrived_at",
    BatchEvent.COMPLETE: "completed_at",
    BatchEvent.CANCEL: "cancelled_at",
}


def create(data: Mapping[str, Any], *, by: Principal) -> TransitBatch:
    order_ids = _read(data["order_ids"])
    batch = TransitBatch(type=data["type"], status=BatchStatus.PENDING, created_at=clock.now())
    batch.created_by = data["created_by"] or by.label
    with unit_of_work() as session:
        session.add(batch)
        session.flush()
        _put_in(batch, order_ids)
        batch = queries.get(batch.id)
        audit_service.record("transit_batch.created", f"transit_batch:{batch.id}", by=by, after=batch.to_dict())
        events.batch_created.send(batch.to_dict())
    return batch


def replace_orders(batch_id: int, codes: Iterable[str], *, expected: int | None, by: Principal) -> TransitBatch:
    wanted = _read(codes)
    return _exchange(batch_id, lambda there: wanted, expected=expected, by=by)


def add_orders(batch_id: int, codes: Iterable[str], *, expected: int | None, by: Principal) -> TransitBatch:
    fresh = _read(codes)
    return _exchange(batch_id, lambda there: [*there, *fresh], expected=expected, by=by)


def remove_order(batch_id: int, code: str, *, expected: int | None, by: Principal) -> TransitBatch:
    order_id = ids.read_code(code)

    def without(there: list[str]) -> list[str]:
        if order_id not in there:
            raise NotInBatch
        return [other for other in there if other != order_id]

    return _exchange(batch_id, without, expected=expected, by=by)


def advance(batch_id: int, event: BatchEvent, *, expected: int | None, by: Principal) -> TransitBatch:
    """One step of the batch, and its orders with it: all of them, or nothing happens."""
    with unit_of_work():
        _claim(batch_id, event, expected)
        if event == BatchEvent.INITIATE:
            _send(batch_id, by=by)
        elif event == BatchEvent.ARRIVE:
            _receive(batch_id, by=by)
        else:
            _change_lines(TransitLine.batch_id == batch_id, open=False)
        action, (needed, after) = f"transit_batch.{_STAMPS[event].removesuffix('_at')}", STEPS[event]
        audit_service.record(action, f"transit_batch:{batch_id}", by=by, before={"status": needed}, after={"status": after})
        batch = queries.get(batch_id)
        events.batch_moved.send(batch.to_dict())
        return batch


def possible_steps(status: str) -> list[BatchEvent]:
    return batch_rules.possible(BatchStatus(status))


def orders_moved(order_ids: Collection[str], *, event: Event, by: Principal) -> None:
    """What orders' own steps mean for their batch. Their rows are locked by now, so nothing here waits for a batch's."""
    if event in batch_rules.ENDS:
        _leave(order_ids, event, by=by)
    elif event in batch_rules.RECEIPTS:
        _get_off(order_ids, event)


def _claim(batch_id: int, event: BatchEvent, expected: int | None) -> None:
    """Take the step if the batch is where it must be. Of two who try at once, one meets the row and the other is told what became of it."""
    queries.ensure_possible(batch_id)
    needed, after = STEPS[event]
    stamp = {_STAMPS[event]: clock.now()} if event in _STAMPS else {}
    changed = update(TransitBatch).where(TransitBatch.id == batch_id, TransitBatch.status == needed)
    if expected is not None:
        changed = changed.where(TransitBatch.version == expected)
    with unit_of_work() as session:
        if session.affected(changed.values(status=after, version=TransitBatch.version + 1, **stamp)) == 1:
            return
        batch = queries.get(batch_id)
        if expected in (None, batch.version):
            batch_rules.step(BatchStatus(batch.status), event)
        raise StaleVersion


def _exchange(batch_id: int, choose: Callable[[list[str]], list[str]], *, expected: int | None, by: Principal) -> TransitBatch:
    """``choose`` says what is to be in the batch, given what is in it now."""
    with unit_of_work():
        _claim(batch_id, BatchEvent.CHANGE, expected)
        there = queries.open_order_ids(batch_id)
        wanted = choose(there)
        added = [order_id for order_id in wanted if order_id not in set(there)]
        removed = [order_id for order_id in there if order_id not in set(wanted)]
        _put_in(queries.get(batch_id), added)
        _change_lines(TransitLine.batch_id == batch_id, TransitLine.order_id.in_(removed), open=False, removed_at=clock.now())
        after = {"added": added, "removed": removed}
        audit_service.record("transit_batch.changed", f"transit_batch:{batch_id}", by=by, after=after)
        return queries.get(batch_id)


def _put_in(batch: TransitBatch, order_ids: list[str]) -> None:
    states, now = order_service.hold(order_ids), clock.now()
    for order_id in order_ids:
        if order_id not in states:
            raise BadOrderId(say("Order %(order)r is not one of ours.", order=order_id))
    _ensure_able(batch.type, states)
    lines = [{"batch_id": batch.id, "order_id": order_id, "open": True, "added_at": now} for order_id in order_ids]
    try:
        with refusing({"uq_transit_line_open_order": AlreadyInBatch}), savepoint():
            if lines:
                db.session.execute(insert(TransitLine), lines)
    except AlreadyInBatch as failure:
        raise AlreadyInBatch.named(queries.open_batches_of(order_ids)) from failure


def _send(batch_id: int, *, by: Principal) -> None:
    batch, states = _hold_contents(batch_id)
    if not states:
        raise EmptyBatch
    _ensure_able(batch.type, states)
    order_service.transition_many(states, JOURNEYS[BatchType(batch.type)].leaves, by=by)


def _receive(batch_id: int, *, by: Principal) -> None:
    """Those that were scanned one by one have arrived already."""
    batch, _ = _hold_contents(batch_id)
    waiting = [line.order_id for line in batch.lines if line.open and line.received_at is None]
    order_service.transition_many(waiting, JOURNEYS[BatchType(batch.type)].arrives, by=by)
    _change_lines(TransitLine.batch_id == batch_id, TransitLine.received_at.is_(None), received_at=batch.arrived_at)


def _hold_contents(batch_id: int) -> tuple[TransitBatch, dict[str, Status]]:
    """The batch, looked at after everything in it was made to stand still; and where each order in it is."""
    states = order_service.hold(queries.open_order_ids(batch_id))
    batch = queries.get(batch_id)
    return batch, {line.order_id: states[line.order_id] for line in batch.lines if line.open}


def _leave(order_ids: Collection[str], event: Event, *, by: Principal) -> None:
    waiting = queries.carried(order_ids, BatchStatus.PENDING)
    if waiting:
        _change_lines(TransitLine.order_id.in_([line.order_id for line in waiting]), open=False, removed_at=clock.now())
    for line in waiting:
        # Whoever holds the batch at this moment raises its version anyway.
        free = select(TransitBatch.id).where(TransitBatch.id == line.batch_id).with_for_update(skip_locked=True)
        raised = update(TransitBatch).where(TransitBatch.id.in_(free)).values(version=TransitBatch.version + 1)
        db.session.execute(raised.execution_options(synchronize_session=False))
        after = {"removed": [line.order_id], "because": event}
        audit_service.record("transit_batch.changed", f"transit_batch:{line.batch_id}", by=by, after=after)


def _get_off(order_ids: Collection[str], event: Event) -> None:
    """Scanned before the whole batch is said to have arrived, which is fine at the end of its journey only."""
    travelling = queries.carried(order_ids, BatchStatus.IN_TRANSIT)
    for line in travelling:
        if JOURNEYS[BatchType(line.type)].arrives != event:
            sentence = say(
                "Order %(order)s travels %(way)s, so it cannot be %(event)s.", order=line.order_id, way=_words(line.type), event=event
            )
            raise CannotTravel(sentence, state={"status": Status.IN_TRANSIT, "batch": line.batch_id, "type": line.type})
    if travelling:
        _change_lines(TransitLine.order_id.in_([line.order_id for line in travelling]), received_at=clock.now())


def _change_lines(*which: ColumnElement[bool], **values: Any) -> None:
    changed = update(TransitLine).where(TransitLine.open, *which).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))  # whoever looks afterwards asks afresh


def _ensure_able(kind: str, states: Mapping[str, Status]) -> None:
    needs = JOURNEYS[BatchType(kind)].needs
    unable = {order_id: status for order_id, status in states.items() if status != needs}
    if unable:
        order_id, status = next(iter(unable.items()))
        sentence = say(
            "Order %(order)s is %(status)s; to go %(way)s it must be %(needed)s.",
            order=order_id,
            status=status,
            way=_words(kind),
            needed=needs,
        )
        raise CannotTravel(sentence, state={"orders": unable})


def _read(codes: Iterable[str]) -> list[str]:
    """The ids as they are stored, each once, in the order they came."""
    found: dict[str, None] = {}
    for code in codes:
        if (order_id := ids.read_code(code)) is None:
            raise BadOrderId(say("Order %(order)r is not one of our codes: a character must be wrong.", order=code))
        found[order_id] = None
    return list(found)


def _words(kind: str) -> str:
    start, _, end = kind.lower().partition("_to_")
    return f"from the {start} to the {end}"
