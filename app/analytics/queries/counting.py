"""Every figure of a day counted from the rows. What is stored (``metric``) is what this said, and can be asked again at any time."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.analytics.metric_rules import RETURNING, REVENUE, TAKEN_VALUE, Figures
from app.extensions import db
from app.identity.models import STAFF_REALM, Account
from app.orders.models import Order, OrderEvent, OrderItem
from app.orders.order_rules import Event, Status
from app.orders.queries import UNFINISHED

READY = (Event.FINISH, Event.RECEIVE_AT_STORE)  # after either it waits for its customer, unless it was taken back
OUT = (Status.COLLECTED, Status.DELIVERED)
Span = tuple[datetime, datetime]  # with its beginning, without its end
_kept = Order.status != Status.CANCELLED
_gone = (Order.status == Status.CANCELLED).label("gone")


def count_day(day: Span, ninety_days_before: Span, as_of: datetime) -> Figures:
    """``as_of``: what was due until then and is not ready is late."""
    found: Counter[tuple[str, str]] = Counter()
    _placed(found, day)
    _services(found, day)
    _due(found, day, as_of)
    _ready(found, day)
    _out(found, day)
    _staff(found, day)
    _customers(found, day)
    _lost(found, day, ninety_days_before)
    return {key: value for key, value in found.items() if value}


def returning(span: Span) -> Figures:
    """Who was here before, and came in this time, however often."""
    found: Counter[tuple[str, str]] = Counter()
    _customers(found, span)
    return {key: value for key, value in found.items() if key[1] == RETURNING and value}


def _in(column: InstrumentedAttribute[datetime], span: Span) -> ColumnElement[bool]:
    return (column >= span[0]) & (column < span[1])


def _add(found: Counter[tuple[str, str]], store: int, name: str, value: int = 1) -> None:
    for scope in ("", f"store/{store}"):
        found[scope, name] += value


def _placed(found: Counter[tuple[str, str]], day: Span) -> None:
    figures = select(Order.store_id, _gone, func.count(), func.sum(Order.total_minor))
    rows = figures.where(_in(Order.created_at, day)).group_by(Order.store_id, _gone)
    for store, cancelled, orders, total in db.session.execute(rows).tuples():
        _add(found, store, "cancelled" if cancelled else "placed", orders)
        if not cancelled:
            _add(found, store, REVENUE, int(total))


def _services(found: Counter[tuple[str, str]], day: Span) -> None:
    value, orders = func.sum(OrderItem.quantity * OrderItem.unit_minor), func.count(OrderItem.order_id.distinct())
    figures = select(Order.store_id, OrderItem.service_id, func.sum(OrderItem.quantity), value, orders).join(OrderItem.order)
    rows = figures.where(_in(Order.created_at, day), _kept).group_by(Order.store_id, OrderItem.service_id)
    for store, service, pieces, minor, count in db.session.execute(rows).tuples():
        _add(found, store, "pieces", int(pieces))
        found[f"service/{service}", "pieces"] += int(pieces)
        found[f"service/{service}", REVENUE] += int(minor)
        found[f"service/{service}", "placed"] += count


def orders_of(name: str, span: Span, as_of: datetime, store: int | None) -> list[str]:
    """The very orders that a figure counts."""
    if name in ("placed", "cancelled"):
        rows = select(Order.id, Order.store_id).where(_in(Order.created_at, span), _kept if name == "placed" else _gone)
        found = [(order, at) for order, at in db.session.execute(rows).tuples()]
    elif name in ("ready", "out"):
        steps = _ready_on(span) if name == "ready" else _out_on(span)
        found = [(order, at) for order, at, _, _ in db.session.execute(steps).tuples()]
    else:
        found = [(order, at) for order, at, judged in _judged(span, as_of) if name in ("due", judged)]
    return [order for order, at in found if store in (None, at)]


def _due(found: Counter[tuple[str, str]], day: Span, as_of: datetime) -> None:
    for _, store, judged in _judged(day, as_of):
        _add(found, store, "due")
        if judged:
            _add(found, store, judged)


def _judged(day: Span, as_of: datetime) -> Iterator[tuple[str, int, str | None]]:
    """Each order that was due, and how it went: on time, late, or (not yet due) neither."""
    newest = select(OrderEvent.at).where(OrderEvent.order_id == Order.id, OrderEvent.event.in_(READY))
    ready = newest.order_by(OrderEvent.id.desc()).limit(1).scalar_subquery()
    rows = select(Order.id, Order.store_id, Order.status, Order.due_at, ready).where(_in(Order.due_at, day), _kept)
    for order, store, status, due, ready_at in db.session.execute(rows).tuples():
        in_time = status not in UNFINISHED and ready_at is not None and ready_at <= due
        yield order, store, "onTime" if in_time else "late" if due < as_of else None


def _last_steps(day: Span, which: ColumnElement[bool], later: ColumnElement[bool]) -> Select[tuple[str, int, datetime, datetime]]:
    """Of each order the last event of a kind, if it was on this day."""
    return (
        select(Order.id, Order.store_id, Order.created_at, OrderEvent.at)
        .join(Order, Order.id == OrderEvent.order_id)
        .where(_in(OrderEvent.at, day), which, ~exists().where(_newer.order_id == OrderEvent.order_id, _newer.id > OrderEvent.id, later))
    )


_newer = aliased(OrderEvent)


def _ready_on(day: Span) -> Select[tuple[str, int, datetime, datetime]]:
    return _last_steps(day, OrderEvent.event.in_(READY), _newer.event.in_(READY)).where(Order.status.not_in(UNFINISHED), _kept)


def _out_on(day: Span) -> Select[tuple[str, int, datetime, datetime]]:
    return _last_steps(day, OrderEvent.to_status.in_(OUT), _newer.to_status.in_(OUT)).where(Order.status.in_(OUT))


def _ready(found: Counter[tuple[str, str]], day: Span) -> None:
    for _, store, created, ready in db.session.execute(_ready_on(day)).tuples():
        _add(found, store, "ready")
        _add(found, store, "turnaroundMinutes", max(0, int((ready - created).total_seconds() // 60)))


def _out(found: Counter[tuple[str, str]], day: Span) -> None:
    for _, store, _, _ in db.session.execute(_out_on(day)).tuples():
        _add(found, store, "out")


def _staff(found: Counter[tuple[str, str]], day: Span) -> None:
    figures = select(OrderEvent.account_id, OrderEvent.event, _gone, func.count(), func.sum(Order.total_minor))
    ours = figures.join(Account, Account.id == OrderEvent.account_id).join(Order, Order.id == OrderEvent.order_id)
    rows = ours.where(_in(OrderEvent.at, day), Account.realm == STAFF_REALM)
    grouped = rows.group_by(OrderEvent.account_id, OrderEvent.event, _gone)
    for account, event, cancelled, count, total in db.session.execute(grouped).tuples():
        scope = f"worker/{account}"
        found[scope, "steps"] += count
        if event == "placed" and not cancelled:
            found[scope, "taken"] += count
            found[scope, TAKEN_VALUE] += int(total)
        elif event in (Event.FINISH, Event.DELIVER, Event.COLLECT):
            found[scope, {Event.FINISH: "finished", Event.DELIVER: "delivered", Event.COLLECT: "handedOver"}[Event(event)]] += count


def _customers(found: Counter[tuple[str, str]], span: Span) -> None:
    here = select(Order.customer_id).where(_in(Order.created_at, span), _kept)
    figures = select(Order.customer_id, Order.store_id, func.min(Order.created_at), func.max(Order.created_at))
    rows = figures.where(Order.customer_id.in_(here), _kept, Order.created_at < span[1]).group_by(Order.customer_id, Order.store_id)
    firsts: dict[int, datetime] = {}
    for customer, store, first, last in db.session.execute(rows).tuples():
        firsts[customer] = min(first, firsts.get(customer, first))
        if last >= span[0]:
            found[f"store/{store}", "new" if first >= span[0] else RETURNING] += 1
    for first in firsts.values():
        found["", "new" if first >= span[0] else RETURNING] += 1


def _lost(found: Counter[tuple[str, str]], day: Span, before: Span) -> None:
    """They came ninety days ago, and not since."""
    then = select(Order.customer_id).where(_in(Order.created_at, before), _kept)
    figures = select(Order.customer_id, Order.store_id, func.max(Order.created_at))
    rows = figures.where(Order.customer_id.in_(then), _kept, Order.created_at < day[1]).group_by(Order.customer_id, Order.store_id)
    lasts: dict[int, datetime] = {}
    for customer, store, last in db.session.execute(rows).tuples():
        lasts[customer] = max(last, lasts.get(customer, last))
        if before[0] <= last < before[1]:
            found[f"store/{store}", "lost"] += 1
    found["", "lost"] += sum(last < before[1] for last in lasts.values())
