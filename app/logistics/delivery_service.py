"""Planning stops and driving to them. Whoever drives works on their own stops; an order moves only as its lifecycle allows.

Every change locks the stop's order first and the stop after it, as whoever moves the order does, so nobody waits in a circle.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.audit import audit_service
from app.core import clock
from app.core.constraints import refusing
from app.core.errors import StaleVersion
from app.core.unit_of_work import unit_of_work
from app.core.words import say
from app.extensions import db
from app.identity import account_service
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.logistics import delivery_rules, events, queries
from app.logistics.delivery_rules import DeliveryEvent, DeliveryStatus, Kind
from app.logistics.errors import (
    NoSuchOrder,
    NoSuchProof,
    NoSuchWorker,
    NotOnYourRound,
    NotYourDelivery,
    StopAlreadyPlanned,
    WrongBag,
)
from app.logistics.models import OPEN, Delivery, StopDict, StoredFile
from app.orders import order_service
from app.orders import queries as orders
from app.orders.errors import MistypedCode, UnknownOrder
from app.orders.order_rules import Event, Status
from app.tenancy.tenant_service import current_business


def today() -> date:
    """The day on the wall where the business is."""
    return clock.now().astimezone(ZoneInfo(current_business().timezone)).date()


def round_of(day: date | None, *, by: Principal) -> list[StopDict]:
    """The driver's own stops of that day; or of today, with whatever they still have under way."""
    return queries.round_of(by.account_id or 0, day or today(), still_under_way=day is None)


def stop_of(delivery_id: int, *, by: Principal) -> StopDict:
    """One of the driver's own stops, whatever became of it."""
    delivery = queries.get(delivery_id)
    _ensure_own(delivery, by)
    return queries.as_stop(delivery)


def stop_of_bag(scanned: str, *, by: Principal) -> StopDict:
    """Of today's round: the stop this bag is for."""
    order = _bag(scanned)
    for stop in round_of(None, by=by):
        if stop["orderId"] == order.id:
            return stop
    raise NotOnYourRound(fields={"code": [NotOnYourRound.sentence]})


def plan(data: Mapping[str, Any], *, by: Principal) -> Delivery:
    """A stop for an order. Of two who plan one of a kind at the same moment, the index lets the first."""
    worker_id, day = data.get("worker_id"), data.get("day") or today()
    delivery_rules.ensure_plannable(day, today())
    with unit_of_work():
        order = _order(data["order_id"])
        delivery_rules.ensure_wanted(order_service.hold([order.id])[order.id])
        _ensure_drives(worker_id)
        delivery = _new(order.id, Kind(data["kind"]), worker_id, day)
        delivery.window, delivery.address = data.get("window"), data.get("address")
        delivery.position = data.get("position", _behind(worker_id, day))
        _write(delivery)
        audit_service.record("delivery.planned", f"delivery:{delivery.id}", by=by, after=_for_the_audit(delivery))
    return delivery


def change(delivery_id: int, data: Mapping[str, Any], *, expected: int | None, by: Principal) -> Delivery:
    """``expected`` is the version the planner saw; None means they did not say, and the newest wins."""
    with unit_of_work():
        delivery = _hold(delivery_id, expected)
        before = _for_the_audit(delivery)
        changes = {name: value for name, value in data.items() if getattr(delivery, name) != value}
        delivery_rules.ensure_changeable(DeliveryStatus(delivery.status), changes)
        if "day" in changes:
            delivery_rules.ensure_plannable(changes["day"], today())
        _ensure_drives(changes.get("worker_id"))
        if not changes.keys().isdisjoint({"day", "worker_id"}) and "position" not in data:
            changes["position"] = _behind(changes.get("worker_id", delivery.worker_id), changes.get("day", delivery.day))
        _apply(delivery, changes)
        audit_service.record("delivery.changed", f"delivery:{delivery.id}", by=by, before=before, after=_for_the_audit(delivery))
    return delivery


def move(delivery_id: int, places: int, *, by: Principal) -> Delivery:
    """Earlier (-1) or later (1) in its round, which is numbered anew: a place may have been given twice."""
    with unit_of_work():
        delivery = queries.get(delivery_id)
        there = select(Delivery).where(Delivery.worker_id == delivery.worker_id, Delivery.day == delivery.day)
        held = there.where(Delivery.status != DeliveryStatus.CANCELLED).order_by(Delivery.id).with_for_update(key_share=True)
        stops = db.session.scalars(held.execution_options(populate_existing=True)).all()
        delivery_rules.ensure_changeable(DeliveryStatus(delivery.status), {"position"})
        before = {stop.id: stop.position for stop in stops}
        after = delivery_rules.moved([stop.id for stop in sorted(stops, key=lambda stop: (stop.position, stop.id))], delivery_id, places)
        changed = [stop for stop in stops if stop.position != after[stop.id]]
        for stop in changed:
            _apply(stop, {"position": after[stop.id]})
        changes = {f"delivery:{stop.id}": ({"position": before[stop.id]}, {"position": stop.position}) for stop in changed}
        audit_service.record_many("delivery.changed", changes, by=by)
    return delivery


def cancel(delivery_id: int, *, expected: int | None, by: Principal) -> Delivery:
    """Called off, and kept. An order that is on the van counts as not delivered; one that somebody moved on by hand stays there."""
    with unit_of_work():
        delivery = _hold(delivery_id, expected)
        on_van = orders.get_by_code(delivery.order_id).status == Status.OUT_FOR_DELIVERY
        _step(delivery, DeliveryEvent.CANCEL, clock.now(), by=by, moves_order=on_van)
    return delivery


def orders_moved(order_ids: Collection[str], *, event: Event, by: Principal) -> None:
    """Nobody drives for an order that is over. Of a stop that ends its order itself nothing is open any more by now."""
    if event not in delivery_rules.ENDS:
        return
    open_ones = select(Delivery).where(Delivery.order_id.in_(order_ids), OPEN).order_by(Delivery.id)
    held = open_ones.with_for_update(key_share=True).execution_options(populate_existing=True)
    for delivery in db.session.scalars(held).all():
        _step(delivery, DeliveryEvent.CANCEL, clock.now(), by=by, moves_order=False)


def start(delivery_id: int, *, by: Principal, at: datetime | None = None) -> Delivery:
    """``at`` is for what a phone recorded earlier."""
    now = at or clock.now()
    with unit_of_work():
        delivery = _hold_own(delivery_id, by)
        _step(delivery, DeliveryEvent.START, now, by=by, started_at=now)
    return delivery


def complete(delivery_id: int, data: Mapping[str, Any], *, by: Principal, at: datetime | None = None) -> Delivery:
    proof = delivery_rules.proof_of(data)
    with unit_of_work():
        delivery = _hold_own(delivery_id, by)
        scanned = data.get("code")
        if scanned is not None:
            _ensure_right_bag(delivery, scanned)
        _finish(delivery, DeliveryEvent.COMPLETE, at, by=by, proof={**proof, "scanned": scanned is not None})
        _ensure_uploaded(proof, by)
    return delivery


def fail(delivery_id: int, reason: str, *, by: Principal, at: datetime | None = None) -> Delivery:
    """Nobody there, or whatever the reason: tried again on the next day, with the same driver unless the office decides otherwise."""
    with unit_of_work():
        delivery = _hold_own(delivery_id, by)
        _finish(delivery, DeliveryEvent.FAIL, at, by=by, failure_reason=reason)
        _plan_again(delivery, by=by)
    return delivery


def _plan_again(failed: Delivery, *, by: Principal) -> None:
    day = today() + timedelta(days=1)
    again = _new(failed.order_id, Kind(failed.kind), failed.worker_id, day)
    again.window, again.address = failed.window, failed.address
    again.position = _behind(failed.worker_id, day)
    _write(again, again=True)
    old, new = f"delivery:{failed.id}", f"delivery:{again.id}"
    audit_service.record("delivery.planned_again", old, by=by, after={"as": new})
    audit_service.record("delivery.planned", new, by=by, before={"failed": old}, after=_for_the_audit(again))


def _finish(delivery: Delivery, event: DeliveryEvent, at: datetime | None, *, by: Principal, **facts: Any) -> None:
    """Clocks differ: nothing ends before it began."""
    moment = at or clock.now()
    finished_at = max(moment, delivery.started_at or moment)
    _step(delivery, event, finished_at, by=by, finished_at=finished_at, **facts)


def _step(delivery: Delivery, event: DeliveryEvent, at: datetime, *, by: Principal, moves_order: bool = True, **facts: Any) -> None:
    before = DeliveryStatus(delivery.status)
    _apply(delivery, {"status": delivery_rules.step(before, event), **facts})
    move = delivery_rules.order_event(Kind(delivery.kind), before, event)
    if move is not None and moves_order:
        order_service.transition(delivery.order_id, move, by=by, at=at)
    subject = f"delivery:{delivery.id}"
    audit_service.record("delivery.moved", subject, by=by, before={"status": before}, after=_for_the_audit(delivery))
    events.delivery_moved.send(delivery)


def _apply(delivery: Delivery, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        setattr(delivery, name, value)
    delivery.updated_at = clock.now()
    db.session.flush()


def _hold(delivery_id: int, expected: int | None = None) -> Delivery:
    """The row as it is now and stays until this unit of work is over: of two at once, the second sees what the first did."""
    order_service.hold([queries.get(delivery_id).order_id])
    delivery = db.session.get_one(Delivery, delivery_id, with_for_update={"key_share": True}, populate_existing=True)
    if expected is not None and delivery.version != expected:
        raise StaleVersion
    return delivery


def _hold_own(delivery_id: int, by: Principal) -> Delivery:
    delivery = _hold(delivery_id)
    _ensure_own(delivery, by)
    return delivery


def _ensure_own(delivery: Delivery, by: Principal) -> None:
    if delivery.worker_id is None or delivery.worker_id != by.account_id:
        raise NotYourDelivery


def _new(order_id: str, kind: Kind, worker_id: int | None, day: date) -> Delivery:
    now = clock.now()
    return Delivery(
        order_id=order_id, kind=kind, worker_id=worker_id, day=day, status=DeliveryStatus.PLANNED, created_at=now, updated_at=now
    )


def _behind(worker_id: int | None, day: date) -> int:
    """The place behind everything else in that round."""
    return queries.last_position(worker_id, day) + 1


def _write(delivery: Delivery, *, again: bool = False) -> None:
    with refusing({"uq_delivery_open_order_kind": StopAlreadyPlanned}):
        db.session.add(delivery)
    events.delivery_planned.send(delivery, again=again)


def _order(code: str) -> Any:
    try:
        return orders.get_by_code(code)
    except UnknownOrder as failure:
        raise NoSuchOrder(fields={"order_id": [NoSuchOrder.sentence]}) from failure


def _bag(scanned: str) -> Any:
    """The order of a label, or of a ticket number that was typed."""
    try:
        return orders.get_by_number_or_code(orders.code_in(scanned))
    except (UnknownOrder, MistypedCode) as failure:
        raise NoSuchOrder(fields={"code": [failure.sentence]}) from failure


def _ensure_right_bag(delivery: Delivery, scanned: str) -> None:
    order = _bag(scanned)
    if order.id != delivery.order_id:
        sentence = say("This bag is order %(number)s, which is not for this stop.", number=order.number)
        raise WrongBag(sentence, fields={"code": [sentence]})


def _ensure_drives(worker_id: int | None) -> None:
    if worker_id is not None and not account_service.may(worker_id, Permission.DELIVERY_WORK):
        raise NoSuchWorker(fields={"worker_id": [NoSuchWorker.sentence]})


def _ensure_uploaded(proof: Mapping[str, str | None], by: Principal) -> None:
    """A proof is the driver's own picture. Whoever only knows the id of another's cannot show it as theirs.

    Locked until the proof is written, so that nobody sweeps the picture away as unused in that moment.
    """
    named = {field: proof[field] for field in ("photo", "signature") if proof[field]}
    own = select(StoredFile.id).where(StoredFile.id.in_(named.values()), StoredFile.account_id == by.account_id)
    known = set(db.session.scalars(own.with_for_update(read=True, key_share=True))) if named else set()
    for field, file_id in named.items():
        if file_id not in known:
            raise NoSuchProof(field)


def _for_the_audit(delivery: Delivery) -> dict[str, Any]:
    """Without what names a person or their door: the audit outlives whoever asks to be forgotten."""
    return {name: value for name, value in delivery.to_dict().items() if name not in ("address", "proof", "failureReason")}
