"""What an order may be, and what it costs. No database, no clock: everything needed comes as an argument."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.money import LARGEST, Money
from app.core.words import say
from app.identity.permissions import Role
from app.orders.errors import CannotUndo, NotYourStep, TooExpensive, WrongStep


class Status(StrEnum):
    AT_STORE = "At Store"
    IN_TRANSIT = "In Transit"
    AT_FACTORY = "At Factory"
    PROCESSING = "Processing"
    READY = "Ready"
    OUT_FOR_DELIVERY = "Out for Delivery"
    DELIVERED = "Delivered"
    COLLECTED = "Collected"
    CANCELLED = "Cancelled"


class Event(StrEnum):
    SEND_OUT = "sent to the plant"
    RECEIVE_AT_PLANT = "received at the plant"
    START = "work started"
    FINISH = "finished"
    SEND_BACK = "sent back to the store"
    RECEIVE_AT_STORE = "received at the store"
    COLLECT = "collected"
    LOAD = "loaded for delivery"
    DELIVER = "delivered"
    FAIL_DELIVERY = "could not be delivered"
    CANCEL = "cancelled"
    UNDO = "taken back"


_S, _E = Status, Event
_PLANT = frozenset({Role.EMPLOYEE, Role.MANAGER, Role.ADMIN})
_VAN = _PLANT | {Role.WORKER}
_CUSTOMER_TOO = _PLANT | {Role.CUSTOMER}

# An order's life: from, what happens, to, who may. A shop with its own plant starts work at the store.
# Nothing else changes a status; the manual, the guards and the tests read this table.
TRANSITIONS: dict[tuple[Status, Event], tuple[Status, frozenset[Role]]] = {
    (_S.AT_STORE, _E.SEND_OUT): (_S.IN_TRANSIT, _VAN),
    (_S.AT_STORE, _E.START): (_S.PROCESSING, _PLANT),
    (_S.AT_STORE, _E.CANCEL): (_S.CANCELLED, _CUSTOMER_TOO),
    (_S.IN_TRANSIT, _E.RECEIVE_AT_PLANT): (_S.AT_FACTORY, _VAN),
    (_S.IN_TRANSIT, _E.RECEIVE_AT_STORE): (_S.READY, _VAN),
    (_S.AT_FACTORY, _E.START): (_S.PROCESSING, _PLANT),
    (_S.PROCESSING, _E.FINISH): (_S.READY, _PLANT),
    (_S.READY, _E.SEND_BACK): (_S.IN_TRANSIT, _VAN),
    (_S.READY, _E.COLLECT): (_S.COLLECTED, _PLANT),
    (_S.READY, _E.LOAD): (_S.OUT_FOR_DELIVERY, _VAN),
    (_S.OUT_FOR_DELIVERY, _E.DELIVER): (_S.DELIVERED, _VAN),
    (_S.OUT_FOR_DELIVERY, _E.FAIL_DELIVERY): (_S.READY, _VAN),
}


class Station(StrEnum):
    """Where things are scanned, in the order they pass."""

    DISPATCH = "dispatch"
    FACTORY = "factory"
    PROCESSING = "processing"
    READY = "ready"
    RETURN = "return"
    STORE = "store"
    COUNTER = "counter"
    VAN = "van"


# What a scan at each station means. Two scans of one thing within this time are one scan that the hand doubled.
STATIONS: dict[Station, Event] = {
    Station.DISPATCH: Event.SEND_OUT,
    Station.FACTORY: Event.RECEIVE_AT_PLANT,
    Station.PROCESSING: Event.START,
    Station.READY: Event.FINISH,
    Station.RETURN: Event.SEND_BACK,
    Station.STORE: Event.RECEIVE_AT_STORE,
    Station.COUNTER: Event.COLLECT,
    Station.VAN: Event.LOAD,
}
SAME_SCAN = timedelta(seconds=2)
# What can be taken back, as long as nothing has happened since, and by whom: the order goes back to where it was, as a new event.
# Nothing that travels is among them: a batch or a van counts on it.
UNDOABLE: dict[Event, frozenset[Role]] = {Event.START: _PLANT, Event.FINISH: _PLANT, Event.COLLECT: _PLANT}
UNDO_WITHIN = timedelta(minutes=15)


def event_between(status: Status, wanted: Status) -> Event:
    """What has to happen for an order to get from one status to the other in one step."""
    for (start, event), (to, _) in TRANSITIONS.items():
        if (start, to) == (status, wanted):
            return event
    raise WrongStep(
        say("This order is %(status)s; it cannot become %(wanted)s in one step.", status=status, wanted=wanted), state={"status": status}
    )


def step(status: Status, event: Event, role: Role) -> Status:
    """Where this event leads from here, if it may happen at all and this role may cause it."""
    found = TRANSITIONS.get((status, event))
    if found is None:
        raise WrongStep(say("This order is %(status)s, so it cannot be %(event)s.", status=status, event=event), state={"status": status})
    to, roles = found
    if role not in roles:
        raise NotYourStep
    return to


def take_back(event: Event, before: Status, age: timedelta, status: Status, role: Role) -> Status:
    """Where an order goes when its last step is taken back, which was ``event`` from ``before``, so long ago."""
    if event not in UNDOABLE or age > UNDO_WITHIN:
        raise CannotUndo(state={"status": status})
    if role not in UNDOABLE[event]:
        raise NotYourStep
    return before


def possible(status: Status, role: Role) -> list[Event]:
    """What can happen to an order from here that this role may cause."""
    return [event for (start, event), (_, roles) in TRANSITIONS.items() if start == status and role in roles]


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody asks for: so many of a service."""

    service_id: str
    quantity: int = 1
    garment: str | None = None
    notes: str | None = None


def merge(service_ids: Iterable[str]) -> list[Line]:
    """A plain list of services as lines: repeating one means quantity."""
    counted: dict[str, int] = {}
    for service_id in service_ids:
        counted[service_id] = counted.get(service_id, 0) + 1
    return [Line(service_id, quantity) for service_id, quantity in counted.items()]


def total(prices: Iterable[tuple[Money, int]], currency: str) -> Money:
    result = Money(0, currency)
    for unit, quantity in prices:
        result = result + unit * quantity
    if result.minor > LARGEST:
        raise TooExpensive
    return result


def finished_at(placed_at: datetime, durations_hours: Iterable[int]) -> datetime:
    """The services run side by side, so the longest decides."""
    return placed_at + timedelta(hours=max(durations_hours))
