"""The stored figures as a reader looks at them: one period, the one before it, those around it, and what it is made of."""

from datetime import date, datetime, timedelta
from typing import TypedDict

from sqlalchemy import select

from app.analytics import metric_rules
from app.analytics.metric_rules import COUNTED_AT, REVENUE, TAKEN_VALUE, FiguresDict, Grain
from app.analytics.queries import TodayDict, count_today, counting, metrics
from app.catalogue.models import Service
from app.core import clock
from app.core.money import Money
from app.extensions import db
from app.identity.models import Account
from app.places.models import Store

SHOWN = {Grain.DAY: 30, Grain.WEEK: 26, Grain.MONTH: 12}
MOST_SERVICES = 12


class PeriodDict(TypedDict):
    """``start`` and ``end`` are days, both included."""

    start: str
    end: str
    figures: FiguresDict


class ServiceFiguresDict(TypedDict):
    id: str
    name: str
    orders: int
    pieces: int
    revenue: float


class WorkerFiguresDict(TypedDict):
    """``taken``: orders taken in, ``takenValue``: what they come to, ``steps``: everything done to an order."""

    id: int
    name: str
    steps: int
    taken: int
    takenValue: float
    finished: int
    delivered: int
    handedOver: int


class StoreFiguresDict(TypedDict):
    id: int
    name: str
    figures: FiguresDict


class DashboardDict(TypedDict):
    grain: str
    store: int | None
    countedAt: str | None
    period: PeriodDict
    before: PeriodDict
    series: list[PeriodDict]
    services: list[ServiceFiguresDict]
    workers: list[WorkerFiguresDict]
    stores: list[StoreFiguresDict]


class SummaryDict(TypedDict):
    """Today as it is now, and what has been counted of this day, week and month."""

    today: TodayDict
    countedAt: str | None
    day: PeriodDict
    week: PeriodDict
    month: PeriodDict


def dashboard(grain: Grain, start: date | None, store: int | None, *, now: datetime, timezone: str, currency: str) -> DashboardDict:
    current = metric_rules.start_of(grain, clock.local_day(now, timezone))
    start = min(metric_rules.start_of(grain, start or current), current)
    newest = current if start > metric_rules.after(grain, current, -SHOWN[grain]) else start
    starts = metric_rules.last_ones(grain, newest, SHOWN[grain])
    previous = metric_rules.after(grain, start, -1)
    found = metrics.series(grain, sorted({*starts, previous}), f"store/{store}" if store else "")
    periods = {one: _period(grain, one, found[one], currency) for one in {*starts, previous, start}}
    return {
        "grain": grain,
        "store": store,
        "countedAt": _counted_at(grain, start),
        "period": periods[start],
        "before": periods[previous],
        "series": [periods[one] for one in starts],
        "services": _services(grain, start, currency),
        "workers": _workers(grain, start, currency),
        "stores": _stores(grain, start, currency),
    }


def orders_of(name: str, board: DashboardDict, timezone: str) -> list[str]:
    """The ids of the orders that a figure of this period counts: up to the day and the moment at which it was counted."""
    if board["countedAt"] is None:
        return []
    counted = datetime.fromisoformat(board["countedAt"])
    first, last = date.fromisoformat(board["period"]["start"]), date.fromisoformat(board["period"]["end"])
    ends = clock.start_of(min(last, clock.local_day(counted, timezone)) + timedelta(days=1), timezone)
    return counting.orders_of(name, (clock.start_of(first, timezone), ends), min(ends, counted), board["store"])


def summary(*, now: datetime, timezone: str, currency: str) -> SummaryDict:
    begins, ends = clock.day_around(now, timezone)
    current = {grain: metric_rules.start_of(grain, clock.local_day(now, timezone)) for grain in Grain}
    day, week, month = (_period(grain, at, metrics.series(grain, [at], "")[at], currency) for grain, at in current.items())
    counted = _counted_at(Grain.DAY, current[Grain.DAY])
    return {"today": count_today(begins, ends, now), "countedAt": counted, "day": day, "week": week, "month": month}


def _period(grain: Grain, start: date, figures: dict[str, int], currency: str) -> PeriodDict:
    end = metric_rules.after(grain, start) - timedelta(days=1)
    return {"start": start.isoformat(), "end": end.isoformat(), "figures": metric_rules.shown(figures, currency)}


def _counted_at(grain: Grain, start: date) -> str | None:
    at = metrics.series(grain, [start], "")[start].get(COUNTED_AT)
    return None if at is None else clock.wire(clock.from_milliseconds(at))


def _services(grain: Grain, start: date, currency: str) -> list[ServiceFiguresDict]:
    found = metrics.of_each(grain, start, "service")
    names = dict(db.session.execute(select(Service.id, Service.name).where(Service.id.in_(found))).tuples().all())
    best = sorted(found, key=lambda service: (-found[service].get(REVENUE, 0), service))[:MOST_SERVICES]
    return [
        {
            "id": service,
            "name": names.get(service, service),
            "orders": found[service].get("placed", 0),
            "pieces": found[service].get("pieces", 0),
            "revenue": Money(found[service].get(REVENUE, 0), currency).wire(),
        }
        for service in best
    ]


def _workers(grain: Grain, start: date, currency: str) -> list[WorkerFiguresDict]:
    found = {int(worker): figures for worker, figures in metrics.of_each(grain, start, "worker").items()}
    names = dict(db.session.execute(select(Account.id, Account.name).where(Account.id.in_(found))).tuples().all())
    return [
        {
            "id": worker,
            "name": names.get(worker, ""),
            "steps": figures.get("steps", 0),
            "taken": figures.get("taken", 0),
            "takenValue": Money(figures.get(TAKEN_VALUE, 0), currency).wire(),
            "finished": figures.get("finished", 0),
            "delivered": figures.get("delivered", 0),
            "handedOver": figures.get("handedOver", 0),
        }
        for worker, figures in sorted(found.items(), key=lambda each: (-each[1].get("steps", 0), each[0]))
    ]


def _stores(grain: Grain, start: date, currency: str) -> list[StoreFiguresDict]:
    found = metrics.of_each(grain, start, "store")
    stores = db.session.execute(select(Store.id, Store.name).order_by(Store.id)).tuples()
    return [{"id": store, "name": name, "figures": metric_rules.shown(found.get(str(store), {}), currency)} for store, name in stores]
