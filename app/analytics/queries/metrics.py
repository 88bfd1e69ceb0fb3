"""What has been counted, and what is still to be counted."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.analytics.metric_rules import COUNTED_AT, LOST_AFTER, NOT_ADDED_UP, Figures, Grain
from app.analytics.models import Metric, MetricTouch
from app.core import clock
from app.extensions import db
from app.orders.models import Order, OrderEvent

AT_ONCE = 400


def portions(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def stored(grain: Grain, start: date) -> Figures:
    rows = select(Metric.scope, Metric.name, Metric.value).where(Metric.grain == grain, Metric.start == start)
    return {(scope, name): value for scope, name, value in db.session.execute(rows).tuples()}


def series(grain: Grain, starts: Sequence[date], scope: str) -> dict[date, dict[str, int]]:
    rows = select(Metric.start, Metric.name, Metric.value).where(Metric.grain == grain, Metric.scope == scope)
    found: dict[date, dict[str, int]] = {start: {} for start in starts}
    for start, name, value in db.session.execute(rows.where(Metric.start >= starts[0], Metric.start <= starts[-1])).tuples():
        found.setdefault(start, {})[name] = value
    return found


def of_each(grain: Grain, start: date, kind: str) -> dict[str, dict[str, int]]:
    """By id: every service, store or worker that has a figure in this period."""
    rows = select(Metric.scope, Metric.name, Metric.value).where(Metric.grain == grain, Metric.start == start)
    found: dict[str, dict[str, int]] = {}
    for scope, name, value in db.session.execute(rows.where(Metric.scope.startswith(f"{kind}/", autoescape=True))).tuples():
        found.setdefault(scope.partition("/")[2], {})[name] = value
    return found


def added_up(first: date, last: date) -> Figures:
    """From the days that are stored, both included."""
    total = select(Metric.scope, Metric.name, func.sum(Metric.value)).where(Metric.grain == Grain.DAY, Metric.name.not_in(NOT_ADDED_UP))
    rows = total.where(Metric.start >= first, Metric.start <= last).group_by(Metric.scope, Metric.name)
    return {(scope, name): int(value) for scope, name, value in db.session.execute(rows).tuples()}


def last_counted() -> date | None:
    return db.session.scalar(select(func.max(Metric.start)).where(Metric.grain == Grain.DAY, Metric.name == COUNTED_AT))


def first_order_at() -> datetime | None:
    return db.session.scalar(select(func.min(Order.created_at)))


def touches(limit: int) -> list[tuple[int, str]]:
    rows = select(MetricTouch.id, MetricTouch.order_id).order_by(MetricTouch.id).limit(limit)
    return [(touch, order) for touch, order in db.session.execute(rows).tuples()]


def days_of(order_ids: Collection[str], timezone: str) -> set[date]:
    """Every day on which one of these orders may count for something, and on which its customer is new, back or lost by it."""
    days: set[date] = set()
    for part in portions(sorted(order_ids)):
        orders = db.session.execute(select(Order.created_at, Order.due_at, Order.customer_id).where(Order.id.in_(part))).tuples().all()
        events = db.session.scalars(select(OrderEvent.at).where(OrderEvent.order_id.in_(part)))
        days |= {clock.local_day(at, timezone) for at in events}
        days |= {clock.local_day(at, timezone) for created, due, _ in orders for at in (created, due)}
        customers = {customer for _, _, customer in orders}
        came = db.session.scalars(select(Order.created_at).where(Order.customer_id.in_(customers)))
        visits = {clock.local_day(at, timezone) for at in came}
        days |= visits | {day + timedelta(days=LOST_AFTER) for day in visits}
    return days
