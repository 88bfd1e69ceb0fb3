"""A stop's life: planned, under way, and done or failed. A failed one is planned anew as another stop."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.core.words import say
from app.logistics.errors import BadDay, InTheFuture, OrderIsFinished, ProofMissing, TooLongAgo, WrongDeliveryStep
from app.orders.order_rules import Event, Status


class Kind(StrEnum):
    PICKUP = "PICKUP"
    DROP_OFF = "DROP_OFF"


class DeliveryStatus(StrEnum):
    PLANNED = "PLANNED"
    STARTED = "STARTED"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class DeliveryEvent(StrEnum):
    START = "start"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"


_S, _E = DeliveryStatus, DeliveryEvent
STEPS: dict[tuple[DeliveryStatus, DeliveryEvent], DeliveryStatus] = {
    (_S.PLANNED, _E.START): _S.STARTED,
    (_S.PLANNED, _E.CANCEL): _S.CANCELLED,
    (_S.STARTED, _E.COMPLETE): _S.DONE,
    (_S.STARTED, _E.FAIL): _S.FAILED,
    (_S.STARTED, _E.CANCEL): _S.CANCELLED,
}
# What a step of a drop-off means for its order. A pickup brings laundry to the store, where its order is taken on.
ORDER_MOVES: dict[tuple[DeliveryStatus, DeliveryEvent], Event] = {
    (_S.PLANNED, _E.START): Event.LOAD,
    (_S.STARTED, _E.COMPLETE): Event.DELIVER,
    (_S.STARTED, _E.FAIL): Event.FAIL_DELIVERY,
    (_S.STARTED, _E.CANCEL): Event.FAIL_DELIVERY,
}
FINISHED = (Status.DELIVERED, Status.COLLECTED, Status.CANCELLED)
# What finishes an order, whoever did it: nobody drives for it after that.
ENDS = (Event.DELIVER, Event.COLLECT, Event.CANCEL)
# Once the van is under way, whose stop it is and when is no longer a plan.
FIXED_ONCE_STARTED = frozenset({"worker_id", "day"})
PLANNED_AHEAD = timedelta(days=366)
# A phone's clock may be a little fast; and whoever was without signal for two weeks was not on a round.
CLOCKS_DIFFER, REMEMBERED = timedelta(minutes=5), timedelta(days=14)


def step(status: DeliveryStatus, event: DeliveryEvent) -> DeliveryStatus:
    after = STEPS.get((status, event))
    if after is None:
        raise WrongDeliveryStep(
            say("A delivery that is %(status)s cannot %(event)s.", status=status, event=event), state={"status": status}
        )
    return after


def may_still(status: DeliveryStatus, event: DeliveryEvent) -> bool:
    """Whether this event can be right after one more step: what completes a stop may arrive before what started it."""
    return any((after, event) in STEPS for (before, _), after in STEPS.items() if before == status)


def order_event(kind: Kind, status: DeliveryStatus, event: DeliveryEvent) -> Event | None:
    return ORDER_MOVES.get((status, event)) if kind == Kind.DROP_OFF else None


def ensure_wanted(order_status: str) -> None:
    if order_status in FINISHED:
        raise OrderIsFinished(
            say("This order is %(status)s: there is nothing to drive for.", status=order_status), state={"status": order_status}
        )


def ensure_changeable(status: DeliveryStatus, changed: Collection[str]) -> None:
    if status not in (_S.PLANNED, _S.STARTED):
        raise WrongDeliveryStep(say("A delivery that is %(status)s cannot be changed.", status=status), state={"status": status})
    if status == _S.STARTED and not FIXED_ONCE_STARTED.isdisjoint(changed):
        raise WrongDeliveryStep("This stop is under way. Cancel it and plan another.", state={"status": status})


def moved(round_: Sequence[int], stop: int, places: int) -> dict[int, int]:
    """The place of each stop of a round, counted from 1, after one of them has moved so many places, but not out of it."""
    others = [other for other in round_ if other != stop]
    place = max(0, round_.index(stop) + places)
    return {other: number for number, other in enumerate([*others[:place], stop, *others[place:]], start=1)}


def ensure_plannable(day: date, today: date) -> None:
    if not today <= day <= today + PLANNED_AHEAD:
        sentence = "A stop is planned for today or a day within the next year."
        raise BadDay(f"day: {sentence}", fields={"day": [sentence]})


def proof_of(data: Mapping[str, Any]) -> dict[str, str | None]:
    proof = {name: data.get(name) for name in ("name", "photo", "signature")}
    if not any(proof.values()):
        raise ProofMissing
    return proof


def happened_at(at: datetime, now: datetime) -> datetime:
    """When an offline event counts as having happened: when the phone says, but not after now."""
    if at > now + CLOCKS_DIFFER:
        raise InTheFuture
    if at < now - REMEMBERED:
        raise TooLongAgo
    return min(at, now)
