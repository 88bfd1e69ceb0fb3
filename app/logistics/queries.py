import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, literal, or_, select, tuple_

from app.core.columns import CalendarDate
from app.core.pagination import DEFAULT_LIMIT, BadCursor, Page, read_cursor
from app.extensions import db
from app.logistics.delivery_rules import DeliveryStatus
from app.logistics.errors import UnknownDelivery, UnknownFile
from app.logistics.models import OPEN, Delivery, DeliveryDict, PlannedStopDict, StopDict, StoredFile
from app.orders import queries as orders

LARGEST_ID = 2**53
MOST_SWEPT, MOST_LEFT_OVER = 200, 50
FILE_ID = re.compile(r"[0-9a-f]{32}")  # of anything else the database is not asked: it may not even be able to read it


def get(delivery_id: int) -> Delivery:
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None:
        raise UnknownDelivery
    return delivery


def planned(
    *,
    day: date | None = None,
    worker: int | None = None,
    status: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[DeliveryDict]:
    """The office's list: the latest day first, and on a day what was planned last. ``since`` and ``until`` are days, both included."""
    query: Select[Any] = select(Delivery).order_by(Delivery.day.desc(), Delivery.id.desc()).limit(limit + 1)
    wanted = {"day": day, "worker_id": worker, "status": status}
    query = query.filter_by(**{name: value for name, value in wanted.items() if value is not None})
    if since is not None:
        query = query.where(Delivery.day >= since)
    if until is not None:
        query = query.where(Delivery.day <= until)
    if cursor is not None:
        query = query.where(_after(cursor))
    page = Page.of(db.session.scalars(query).all(), limit, lambda delivery: [delivery.day.isoformat(), delivery.id])
    return Page([delivery.to_dict() for delivery in page.rows], page.next_cursor)


def round_of(worker_id: int, day: date, *, still_under_way: bool = False) -> list[StopDict]:
    """A driver's stops of one day in the order they are driven, in two queries. What was called off is not driven to.
    ``still_under_way``: with what was started on an earlier day, because only its driver can end it.
    """
    of_the_day = and_(Delivery.day == day, Delivery.status != DeliveryStatus.CANCELLED)
    from_earlier = and_(Delivery.day < day, Delivery.status == DeliveryStatus.STARTED)
    mine = select(Delivery).where(Delivery.worker_id == worker_id, or_(of_the_day, from_earlier) if still_under_way else of_the_day)
    return as_stops(db.session.scalars(mine.order_by(Delivery.day, Delivery.position, Delivery.id)).all())


def day_plan(day: date) -> list[PlannedStopDict]:
    """Everybody's stops of one day, in the order they are driven; those called off as well."""
    return _planned_stops(select(Delivery).where(Delivery.day == day).order_by(Delivery.position, Delivery.id))


def left_over(before: date) -> list[PlannedStopDict]:
    """What is still open from earlier days, the oldest first: nobody drives there by themselves."""
    open_ones = select(Delivery).where(OPEN, Delivery.day < before)
    return _planned_stops(open_ones.order_by(Delivery.day, Delivery.id).limit(MOST_LEFT_OVER))


def planned_stop(delivery_id: int) -> PlannedStopDict:
    return {**as_stop(delivery := get(delivery_id)), "version": delivery.version}


def _planned_stops(query: Select[Any]) -> list[PlannedStopDict]:
    deliveries = db.session.scalars(query).all()
    return [{**stop, "version": delivery.version} for stop, delivery in zip(as_stops(deliveries), deliveries, strict=True)]


def as_stops(deliveries: Sequence[Delivery]) -> list[StopDict]:
    briefs = orders.briefs({delivery.order_id for delivery in deliveries})
    return [{**delivery.to_dict(), **briefs[delivery.order_id]} for delivery in deliveries]


def as_stop(delivery: Delivery) -> StopDict:
    return as_stops([delivery])[0]


def stops_among(delivery_ids: Collection[int], *, of: int) -> dict[int, StopDict]:
    """Of these deliveries the ones that are this worker's, as they are now."""
    mine = select(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.worker_id == of)
    return {stop["id"]: stop for stop in as_stops(db.session.scalars(mine.execution_options(populate_existing=True)).all())}


def open_of_order(order_id: str) -> list[DeliveryDict]:
    """The stops still ahead for this order, the next one first."""
    ahead = select(Delivery).where(Delivery.order_id == order_id, OPEN).order_by(Delivery.day, Delivery.id)
    return [delivery.to_dict() for delivery in db.session.scalars(ahead)]


def last_position(worker_id: int | None, day: date) -> int:
    last = select(func.max(Delivery.position)).where(Delivery.worker_id == worker_id, Delivery.day == day)
    return db.session.scalar(last) or 0


def get_file(file_id: str) -> StoredFile:
    file = db.session.get(StoredFile, file_id) if FILE_ID.fullmatch(file_id) else None
    if file is None:
        raise UnknownFile
    return file


def unused_files(file_ids: Collection[str] | None = None, *, before: datetime) -> list[StoredFile]:
    """Uploads older than this that no proof names: those of a proof that was given up, or of a customer who was forgotten."""
    query = select(StoredFile).where(StoredFile.created_at < before).limit(MOST_SWEPT)
    if file_ids is not None:
        query = query.where(StoredFile.id.in_(file_ids))
    for kind in ("photo", "signature"):
        named = Delivery.proof.op("->>", return_type=String())(literal(kind, String()))
        query = query.where(StoredFile.id.not_in(select(named).where(named.is_not(None))))
    return list(db.session.scalars(query).all())


def kept_contents(hashes: Collection[str]) -> set[str]:
    """Which of these bytes still belong to somebody's file."""
    return set(db.session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(hashes))))


def _after(cursor: str) -> ColumnElement[bool]:
    day, last_id = read_cursor(cursor, (str, int))
    try:
        last = tuple_(literal(date.fromisoformat(day), CalendarDate), literal(last_id))
    except ValueError as failure:
        raise BadCursor from failure
    if abs(last_id) > LARGEST_ID:
        raise BadCursor
    return tuple_(Delivery.day, Delivery.id) < last
