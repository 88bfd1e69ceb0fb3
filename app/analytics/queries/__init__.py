"""The figures of the office's first page, each counted in one statement that an index answers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypedDict

from sqlalchemy import Select, func, literal, select, union_all

from app.core import clock
from app.core.money import Money
from app.customers.models import Customer
from app.extensions import db
from app.identity.models import STAFF_REALM, Account
from app.logistics.models import StoredFile
from app.orders.models import LAST_STEP, Order, OrderEvent, OrderItem
from app.orders.order_rules import Status
from app.orders.queries import UNFINISHED
from app.places.models import Store

DAYS = 30


class TodayDict(TypedDict):
    placed: int
    out: int
    due: int
    late: int


class DayDict(TypedDict):
    day: str
    orders: int
    total: float


class ServiceShareDict(TypedDict):
    id: str
    service: str
    pieces: int
    total: float


class PressingDict(TypedDict):
    """An order that is late or will be tonight, and since when it has been where it is."""

    id: str
    number: int
    customerName: str
    status: str
    dueAt: str
    since: str


def count_today(begins: datetime, ends: datetime, now: datetime) -> TodayDict:
    """What came in and left on this day, what is still to be finished by its end, and what should have been finished by now."""
    unfinished = select(func.count()).where(Order.status.in_(UNFINISHED))
    counts = (
        select(func.count()).where(Order.created_at >= begins, Order.created_at < ends),
        select(func.count(OrderEvent.order_id.distinct())).where(LAST_STEP, OrderEvent.at >= begins),
        unfinished.where(Order.due_at >= now, Order.due_at < ends),
        unfinished.where(Order.due_at < now),
    )
    placed, out, due, late = db.session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return {"placed": placed, "out": out, "due": due, "late": late}


def taken_in(last: date, timezone: str, currency: str) -> list[DayDict]:
    """The orders of the last thirty days by the day they were placed, and what they come to; cancelled ones do not count."""
    days = [last - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    begins = [clock.start_of(day, timezone) for day in (*days, last + timedelta(days=1))]
    counted = db.session.execute(union_all(*(_placed_between(place, *begins[place : place + 2]) for place in range(DAYS))))
    found = {place: (orders, int(total)) for place, orders, total in counted.tuples()}
    return [
        {"day": day.isoformat(), "orders": found[place][0], "total": Money(found[place][1], currency).wire()}
        for place, day in enumerate(days)
    ]


def _placed_between(place: int, begins: datetime, ends: datetime) -> Select[tuple[int, int, int]]:
    figures = select(literal(place), func.count(), func.coalesce(func.sum(Order.total_minor), 0))
    return figures.where(Order.created_at >= begins, Order.created_at < ends, Order.status != Status.CANCELLED)


def top_services(since: datetime, currency: str, *, limit: int) -> list[ServiceShareDict]:
    total = func.sum(OrderItem.quantity * OrderItem.unit_minor)
    figures = select(OrderItem.service_id, func.max(OrderItem.service_name), func.sum(OrderItem.quantity), total).join(OrderItem.order)
    ours = figures.where(Order.created_at >= since, Order.status != Status.CANCELLED)
    rows = db.session.execute(ours.group_by(OrderItem.service_id).order_by(total.desc(), OrderItem.service_id).limit(limit)).tuples()
    return [
        {"id": service_id, "service": name, "pieces": int(pieces), "total": Money(int(minor), currency).wire()}
        for service_id, name, pieces, minor in rows
    ]


def pressing(until: datetime, *, limit: int) -> Sequence[PressingDict]:
    """Unfinished and due by then, the longest overdue first."""
    moved = select(func.max(OrderEvent.at)).where(OrderEvent.order_id == Order.id).scalar_subquery()
    columns = (
        Order.id,
        Order.number,
        Order.customer_name,
        Order.status,
        Order.due_at,
        func.coalesce(moved, Order.created_at).label("since"),
    )
    due = select(*columns).where(Order.status.in_(UNFINISHED), Order.due_at < until).order_by(Order.due_at, Order.id)
    return [
        {
            "id": row.id,
            "number": row.number,
            "customerName": row.customer_name,
            "status": row.status,
            "dueAt": clock.wire(row.due_at),
            "since": clock.wire(row.since),
        }
        for row in db.session.execute(due.limit(limit))
    ]


def usage(since: datetime, until: datetime) -> dict[str, int]:
    """What a plan counts, in its order: what there is now, and the orders taken in between these moments."""
    staff = (Account.realm == STAFF_REALM, Account.disabled_at.is_(None))
    counts = {
        "staff": select(func.count()).select_from(Account).where(*staff),
        "customers": select(func.count()).select_from(Customer).where(Customer.anonymised_at.is_(None), Customer.merged_into_id.is_(None)),
        "orders": select(func.count()).select_from(Order).where(Order.created_at >= since, Order.created_at < until),
        "stores": select(func.count()).select_from(Store),
        "storage_bytes": select(func.coalesce(func.sum(StoredFile.size), 0)),
    }
    return {name: int(db.session.scalars(count).one()) for name, count in counts.items()}
