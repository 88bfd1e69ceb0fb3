"""Keeps the stored figures equal to what a count of the rows would say.

Whatever changes an order leaves a touch in the same transaction. A job counts the days touched anew, and every day from the last one
it has counted to today: that one was not over then. Weeks and months are added up from their days.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert

from app.analytics import metric_rules
from app.analytics.metric_rules import COUNTED_AT, LOST_AFTER, Figures, Grain
from app.analytics.models import Metric, MetricTouch
from app.analytics.queries import counting, metrics
from app.core import clock
from app.core.unit_of_work import stop_reading, unit_of_work
from app.identity.principal import Principal
from app.orders import queries as orders

MOST_TOUCHES = 20_000
ANY = ""
Tell = Callable[[int, int], None]


def order_placed(order: Any, *, by: Principal) -> None:
    touch([order.id])


def orders_moved(order_ids: Collection[str], *, event: str, by: Principal) -> None:
    touch(order_ids)


def customer_merged(customer_id: int, into: int) -> None:
    """Two that came once each are one that came back."""
    touch([*orders.ids_of_customer(customer_id), *orders.ids_of_customer(into)])


def touch(order_ids: Iterable[str]) -> None:
    if rows := [{"order_id": order_id} for order_id in order_ids]:
        with unit_of_work() as session:
            session.execute(insert(MetricTouch), rows)


def touch_everything() -> None:
    touch([ANY])


def count(now: datetime, timezone: str, tell: Tell = lambda done, total: None) -> int:
    """Until nothing is left to count; says how many days it counted. Being killed in between costs nothing: what was not counted is
    still touched."""
    touches = metrics.touches(MOST_TOUCHES)
    days = sorted(_to_count(touches, clock.local_day(now, timezone), timezone))
    for place, day in enumerate(days, 1):
        _keep(Grain.DAY, day, _counted(day, now, timezone), now)
        tell(place, len(days) + 1)
    for grain in (Grain.WEEK, Grain.MONTH):
        for start in sorted({metric_rules.start_of(grain, day) for day in days}):
            _keep(grain, start, _added_up(grain, start, timezone), now)
    for part in metrics.portions([number for number, _ in touches]):
        with unit_of_work() as session:
            session.execute(delete(MetricTouch).where(MetricTouch.id.in_(part)))
    tell(len(days) + 1, len(days) + 1)
    return len(days) + (count(now, timezone, tell) if len(touches) == MOST_TOUCHES else 0)


def _to_count(touches: list[tuple[int, str]], today: date, timezone: str) -> set[date]:
    last, begun = metrics.last_counted(), metrics.first_order_at()
    first = min(clock.local_day(begun, timezone), today) if begun else today
    if last is None or any(order == ANY for _, order in touches):
        _forget_before(first)
        return set(metric_rules.days_between(first, today))
    days = metrics.days_of({order for _, order in touches}, timezone)
    return {day for day in days | set(metric_rules.days_between(last, today)) if day <= today}


def _forget_before(first: date) -> None:
    with unit_of_work() as session:
        for grain in Grain:
            session.execute(delete(Metric).where(Metric.grain == grain, Metric.start < metric_rules.start_of(grain, first)))


def _counted(day: date, now: datetime, timezone: str) -> Figures:
    stop_reading()  # as it is now
    span, before = _span(day, day, timezone), day - timedelta(days=LOST_AFTER)
    return counting.count_day(span, _span(before, before, timezone), min(now, span[1]))


def _added_up(grain: Grain, start: date, timezone: str) -> Figures:
    stop_reading()
    last = metric_rules.after(grain, start) - timedelta(days=1)
    return metrics.added_up(start, last) | counting.returning(_span(start, last, timezone))


def _span(first: date, last: date, timezone: str) -> counting.Span:
    return clock.start_of(first, timezone), clock.start_of(last + timedelta(days=1), timezone)


def _keep(grain: Grain, start: date, figures: Figures, now: datetime) -> None:
    found = {**figures, ("", COUNTED_AT): clock.milliseconds(now)}
    rows = [{"grain": grain, "start": start, "scope": scope, "name": name, "value": value} for (scope, name), value in found.items()]
    with unit_of_work() as session:
        session.execute(delete(Metric).where(Metric.grain == grain, Metric.start == start))
        session.execute(insert(Metric), rows)
