import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.audit import audit_service
from app.catalogue import queries as catalogue
from app.catalogue.errors import ServiceNotOffered
from app.core import clock, ids
from app.core.constraints import refusing
from app.core.errors import StaleVersion
from app.core.unit_of_work import savepoint, unit_of_work
from app.customers import approval_service, customer_service, search_service
from app.customers import queries as customers
from app.extensions import db
from app.identity.principal import Principal
from app.orders import events, order_rules, queries
from app.orders.errors import AlreadyDone, CannotUndo, CodeTaken, NotYourEmail, NotYourOrder, TooLate, UnknownOrder, WrongStep
from app.orders.models import Order, OrderEvent, OrderItem, TicketCounter
from app.orders.order_rules import Event, Line, Station, Status
from app.places import queries as places
from app.places import store_service
from app.tenancy import plan_service
from app.tenancy.plan_rules import Limit
from app.tenancy.tenant_service import current_business

if TYPE_CHECKING:
    from app.catalogue.models import Service
    from app.customers.models import Customer

_ORDERS = Order.__table__
_THESE = _ORDERS.c.id.in_(bindparam("order_ids", expanding=True))
_HOLD = select(_ORDERS.c.id, _ORDERS.c.status).where(_THESE).order_by(_ORDERS.c.id).with_for_update(key_share=True)
CHANGEABLE = {"pickupDate": "pickup_date", "specialInstructions": "special_instructions"}
NOBODY = 0  # no customer has this id


def place(data: Mapping[str, Any], *, by: Principal, at: datetime | None = None, expected: datetime | None = None) -> Order:
    """Price it, number it, write it down: all at once, or not at all. ``at`` is for what happened earlier (demo data, imports),
    ``expected`` for what comes later: work can only begin then. A ``code`` in the data was on paper before it came here."""
    lines = _lines_of(data)
    with unit_of_work() as session, refusing({"pk_orders": CodeTaken}):
        approval_service.ensure_may_order(by)
        services = _offered(lines)
        customer = _customer_of(data, by=by)
        _ensure_room()
        now, store, currency = at or clock.now(), places.get_default(), current_business().currency
        order = Order(
            id=data.get("code") or ids.new_code(),
            store_id=store.id,
            customer_id=customer.id,
            # As said now, for a customer on file too: what is on file does not change by it, nor this when that does.
            customer_name=data.get("customerName", customer.name),
            customer_email=data.get("customerEmail", customer.email),
            customer_phone=data.get("customerPhone", customer.phone),
            pickup_date=data.get("pickupDate"),
            due_at=promise([services[line.service_id].duration_hours for line in lines], at=expected or now),
            special_instructions=data.get("specialInstructions", ""),
            total_minor=order_rules.total(((services[line.service_id].price, line.quantity) for line in lines), currency).minor,
            currency=currency,
            paid=False,
            status=Status.AT_STORE,
            tracking_token=secrets.token_urlsafe(16),
            created_at=now,
            updated_at=now,
            items=[_item(line, services[line.service_id]) for line in lines],
        )
        order.number = _next_number(order.store_id)
        session.add(order)
        session.flush()
        search_service.remember_order(customer, order.customer_name, order.customer_email, order.customer_phone)
        session.add(OrderEvent(**_step(order.id, "placed", None, Status.AT_STORE, now, by=by)))
        audit_service.record("order.placed", f"order:{order.id}", by=by, after={"number": order.number, "total": order.total_minor})
        events.order_placed.send(order, by=by)
    return order


def promise(durations_hours: Collection[int], *, at: datetime) -> datetime:
    """When what takes this long is ready. What would be done while the shop is closed is due when it opens."""
    opening = store_service.opening_of(places.get_default(), current_business().timezone)
    return opening.next_open(order_rules.finished_at(at, durations_hours))


def transition(order_id: str, event: Event, *, by: Principal, at: datetime | None = None) -> Status:
    """One step of one order along its lifecycle."""
    with unit_of_work():
        states = hold([order_id])
        if not states:
            raise UnknownOrder
        after = order_rules.step(states[order_id], event, by.role)
        _move(states, event, {states[order_id]: after}, at or clock.now(), by=by)
    return after


def transition_many(order_ids: Collection[str], event: Event, *, by: Principal) -> None:
    """One step for all of these or for none of them, in the same few statements however many they are."""
    with unit_of_work():
        states = hold(order_ids)
        if len(states) < len(set(order_ids)):
            raise UnknownOrder
        after = {before: order_rules.step(before, event, by.role) for before in sorted(set(states.values()))}
        _move(states, event, after, clock.now(), by=by)


def _move(states: Mapping[str, Status], event: Event, after: Mapping[Status, Status], at: datetime, *, by: Principal) -> None:
    """The only way a status changes: written down, audited and told. Of orders that are held: of two at once, the second waited."""
    with unit_of_work() as session:
        for before, status in after.items():
            group = [order_id for order_id in states if states[order_id] == before]
            session.execute(update(Order).where(Order.id.in_(group)).values(status=status, updated_at=at, version=Order.version + 1))
        if states:
            steps = [_step(order_id, event, before, after[before], at, by=by) for order_id, before in states.items()]
            session.execute(insert(OrderEvent), steps)
        changes = {f"order:{order_id}": ({"status": before}, {"status": after[before]}) for order_id, before in states.items()}
        audit_service.record_many("order.moved", changes, by=by)
        for order_id, before in states.items():
            events.order_moved.send(order_id, event=event, before=before, after=after[before])
        events.orders_moved.send(tuple(states), event=event, by=by)


def hold(order_ids: Collection[str]) -> dict[str, Status]:
    """Where these orders are, and stay until this unit of work is over. Locked in one order always: nobody waits in a circle."""
    return {order_id: Status(status) for order_id, status in db.ask(_ORDERS, _HOLD, order_ids=list(order_ids))}


def change(code: str, changes: Mapping[str, Any], *, expected: int | None, by: Principal) -> Row[Any]:
    """What its customer or staff may still change; a ``status`` only along the lifecycle. Returns the order as it is now."""
    with unit_of_work() as session:
        order = queries.get_by_code(code)
        ensure_readable(order, by=by)
        if not by.is_staff and order.status != Status.AT_STORE:
            raise TooLate(order.status)
        if expected not in (None, order.version):
            raise StaleVersion
        columns = {column: changes[field] for field, column in CHANGEABLE.items() if field in changes}
        if columns:
            seen = (Order.id == order.id, Order.version == order.version)
            if session.affected(update(Order).where(*seen).values(**columns, updated_at=clock.now(), version=Order.version + 1)) == 0:
                raise StaleVersion
            # What was changed, not into what: people write their names and doors into free text, and the audit outlives them.
            audit_service.record("order.changed", f"order:{order.id}", by=by, after={"changed": sorted(columns)})
        if changes.get("status", order.status) != order.status:
            transition(order.id, order_rules.event_between(Status(order.status), Status(changes["status"])), by=by)
        return queries.get_by_code(order.id)


def cancel(code: str, *, by: Principal) -> None:
    """The row stays. A customer may while nothing has been done to it; staff where the lifecycle lets them."""
    order = queries.get_by_code(code)
    ensure_readable(order, by=by)
    transition(order.id, Event.CANCEL, by=by)


def scan(code: str, station: str, *, by: Principal) -> Row[Any]:
    """One step at a station. The hand that scans twice within two seconds meant once, however long the second had to wait here."""
    asked, order, event = clock.now(), queries.get_by_code(code), order_rules.STATIONS[Station(station)]
    try:
        transition(order.id, event, by=by)
    except WrongStep as refused:
        if queries.has_happened(order.id, event, since=asked - order_rules.SAME_SCAN):
            return queries.get_by_code(order.id)
        if queries.has_happened(order.id, event):
            raise AlreadyDone(state=refused.state) from None
        raise
    return queries.get_by_code(order.id)


def undo_scan(code: str, station: str, *, by: Principal) -> Row[Any]:
    """Take back what was scanned here last, if the lifecycle lets it. History stays as it was: this is one more event."""
    order, event, now = queries.get_by_code(code), order_rules.STATIONS[Station(station)], clock.now()
    with unit_of_work():
        hold([order.id])
        order, last = queries.get_by_code(order.id), queries.last_step(order.id)
        if last.event != event:
            raise CannotUndo(state={"status": order.status})
        status = Status(order.status)
        back = order_rules.take_back(event, Status(str(last.from_status)), now - last.at, status, by.role)
        _move({order.id: status}, Event.UNDO, {status: back}, now, by=by)
        return queries.get_by_code(order.id)


def possible_steps(status: str, *, by: Principal) -> list[Event]:
    """What this person may do next to an order that is here."""
    return order_rules.possible(Status(status), by.role)


def ensure_readable(order: Any, *, by: Principal) -> None:
    """Staff read every order, a customer their own."""
    if not by.is_staff and order.customer_id != by.customer_id:
        raise NotYourOrder


def whose_orders(email: str | None, *, by: Principal) -> int | None:
    """Whose orders a list by e-mail shows: a customer's own; for staff anybody's, None meaning everybody's."""
    if not by.is_staff:
        if email is not None and customers.normalise_email(email) != customers.get(by.customer_id or 0).email_norm:
            raise NotYourEmail
        return by.customer_id or 0
    if email is None:
        return None
    customer = customers.find_by_email(email)
    return customer.id if customer is not None else NOBODY


def _ensure_room() -> None:
    """The month is the business's own. Only taking in is counted: whatever hangs here goes its way, over the limit or not."""
    timezone = current_business().timezone
    begins = clock.start_of(clock.local_day(clock.now(), timezone).replace(day=1), timezone)
    plan_service.ensure_room(Limit.ORDERS, lambda: queries.count_since(begins))


def _customer_of(data: Mapping[str, Any], *, by: Principal) -> "Customer":
    if by.customer_id is not None:
        return customers.get(by.customer_id)  # whoever is signed in orders for themselves, whatever name they write on the ticket
    if "customerId" in data:
        return customers.get_known(data["customerId"])
    return customer_service.find_or_create(data["customerName"], data.get("customerEmail"), data["customerPhone"], by=by)


def _lines_of(data: Mapping[str, Any]) -> list[Line]:
    if "items" not in data:
        return order_rules.merge(data["serviceIds"])
    return [Line(item["serviceId"], item["quantity"], item["garment"], item["notes"]) for item in data["items"]]


def _offered(lines: Sequence[Line]) -> "dict[str, Service]":
    services = catalogue.offered_among({line.service_id for line in lines})
    for line in lines:
        if line.service_id not in services:
            raise ServiceNotOffered(line.service_id)
    return services


def _item(line: Line, service: "Service") -> OrderItem:
    return OrderItem(
        service_id=service.id,
        service_name=service.name,
        quantity=line.quantity,
        unit_minor=service.price_minor,
        garment=line.garment,
        notes=line.notes,
    )


def _next_number(store_id: int) -> int:
    """Gap-free: the counter's row stays locked until this transaction ends, and a failed one gives its number back."""
    raised = (
        update(TicketCounter)
        .where(TicketCounter.store_id == store_id)
        .values(last_number=TicketCounter.last_number + 1)
        .returning(TicketCounter.last_number)
    )
    number = db.session.scalar(raised)
    if number is None:
        with suppress(IntegrityError), savepoint():  # of two first orders one makes the counter
            db.session.execute(insert(TicketCounter).values(store_id=store_id, last_number=0))
        number = db.session.scalars(raised).one()
    return number


def _step(order_id: str, event: str, before: Status | None, after: Status, at: datetime, *, by: Principal) -> dict[str, Any]:
    step = {"order_id": order_id, "event": event, "from_status": before, "to_status": after, "at": at}
    return step | {"account_id": by.account_id, "actor": by.label, "channel": by.channel}
