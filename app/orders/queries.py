import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NoReturn, TypedDict

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.core import clock, ids
from app.core.columns import UtcDateTime
from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.core.words import say
from app.customers import queries as customers
from app.extensions import db
from app.orders.errors import MistypedCode, UnknownOrder
from app.orders.models import LAST_STEP, Order, OrderDict, OrderEvent, OrderEventDict, OrderItem, TrackedOrderDict, order_dict
from app.orders.order_rules import STATIONS, UNDO_WITHIN, UNDOABLE, Station, Status

_COLUMNS = [column for column in Order.__table__.columns if column.name != "tracking_token"]
_ITEM_COLUMNS = OrderItem.__table__.columns
# Still to be worked on: what can be late through our fault. A finished order waits for its customer.
UNFINISHED = (Status.AT_STORE, Status.IN_TRANSIT, Status.AT_FACTORY, Status.PROCESSING)
# The rest of the address depends on where the shop is.
_TRACKING_LINK = re.compile(r"/track/([\w-]+)/?$", re.ASCII)
_LATELY = 5000  # events
_OPEN = (*UNFINISHED, Status.READY, Status.OUT_FOR_DELIVERY)


class LaneDict(TypedDict):
    status: str
    count: int
    orders: list[OrderDict]


class ScannedDict(TypedDict):
    id: str
    number: int
    customerName: str
    status: str
    at: str
    undoable: bool


def last_taken_in() -> datetime | None:
    return db.session.scalar(select(func.max(Order.created_at)))


def get_by_code(code: str) -> Row[Any]:
    """The order's columns, from its id however it was typed. A mistyped code and an unknown one are told apart."""
    order_id = ids.read_code(code)
    if order_id is None:
        raise MistypedCode
    row = db.session.execute(select(*Order.__table__.columns).where(Order.id == order_id)).one_or_none()
    if row is None:
        raise UnknownOrder
    return row


def code_in(scanned: str) -> str:
    """A scanner reads either code of a label: the bars hold the order's id, the square the address of its tracking page."""
    link = _TRACKING_LINK.search(scanned)
    return scanned if link is None else str(get_by_tracking_token(link[1]).id)


def as_dict(row: Row[Any]) -> OrderDict:
    return order_dict(row, _items_of([row.id])[row.id])


def newest(
    *,
    customer_id: int | None = None,
    status: str | None = None,
    due: tuple[datetime, datetime] | None = None,
    q: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    left_since: datetime | None = None,
    service: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[OrderDict]:
    """A page of orders in two queries, whatever its length. ``due``: unfinished ones that are due between these moments; ``q``: what
    somebody typed who looks for one; ``since`` and ``until``: when it was placed; ``left_since``: collected or delivered from then on.
    """
    query: Select[Any] = select(*_COLUMNS).order_by(Order.created_at.desc(), Order.id.desc()).limit(limit + 1)
    if customer_id is not None:
        query = query.where(Order.customer_id == customer_id)
    if status is not None:
        query = query.where(Order.status == status)
    if due is not None:
        query = query.where(Order.status.in_(UNFINISHED), Order.due_at >= due[0], Order.due_at < due[1])
    if q is not None:
        query = query.where(_meant_by(q))
    if since is not None:
        query = query.where(Order.created_at >= since)
    if until is not None:
        query = query.where(Order.created_at < until)
    if left_since is not None:
        query = query.where(Order.id.in_(select(OrderEvent.order_id).where(LAST_STEP, OrderEvent.at >= left_since)))
    if service is not None:
        query = query.where(exists().where(OrderItem.order_id == Order.id, OrderItem.service_id == service))
    if cursor is not None:
        at, last_id = read_cursor(cursor, (int, str))
        query = query.where(
            tuple_(Order.created_at, Order.id) < tuple_(literal(clock.from_milliseconds(at), UtcDateTime), literal(last_id))
        )
    page = Page.of(db.session.execute(query).all(), limit, lambda row: [clock.milliseconds(row.created_at), row.id])
    items = _items_of(row.id for row in page.rows)
    return Page([order_dict(row, items[row.id]) for row in page.rows], page.next_cursor)


def _meant_by(q: str) -> ColumnElement[bool]:
    """A ticket number, a code, or what the ticket says of its customer."""
    theirs = customers.meant_by(q, Order.customer_id)
    if (number := _ticket_number(q)) is not None:
        return or_(Order.number == number, theirs)
    return or_(Order.id == order_id, theirs) if (order_id := ids.read_code(q)) is not None else theirs


def among(order_ids: Collection[str]) -> dict[str, OrderDict]:
    """Those of these orders that there are, in two queries."""
    rows = db.session.execute(select(*_COLUMNS).where(Order.id.in_(order_ids))).all()
    items = _items_of(row.id for row in rows)
    return {row.id: order_dict(row, items[row.id]) for row in rows}


def open_of(customer_ids: Collection[int], *, limit: int = 200) -> dict[int, list[OrderDict]]:
    """What these customers have with us at the moment, what is due first first, in two queries."""
    theirs = select(*_COLUMNS).where(Order.customer_id.in_(customer_ids), Order.status.in_(_OPEN))
    rows = db.session.execute(theirs.order_by(Order.due_at, Order.id).limit(limit)).all()
    items = _items_of(row.id for row in rows)
    found: dict[int, list[OrderDict]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(order_dict(row, items[row.id]))
    return found


def get_for_labels(codes: Iterable[str]) -> list[tuple[OrderDict, str]]:
    """Each of these orders with its tracking token, in the order asked for, in two queries. All are there, or the missing one is named."""
    order_ids = [ids.read_code(code) or _refuse_mistyped(code) for code in codes]
    rows = {row.id: row for row in db.session.execute(select(*Order.__table__.columns).where(Order.id.in_(order_ids)))}
    if missing := [order_id for order_id in order_ids if order_id not in rows]:
        raise UnknownOrder(say("There is no order %(code)s.", code=missing[0]))
    items = _items_of(rows)
    return [(order_dict(rows[order_id], items[order_id]), rows[order_id].tracking_token) for order_id in order_ids]


def _refuse_mistyped(code: str) -> NoReturn:
    raise MistypedCode(say("%(code)r is not one of our codes: a character must be wrong.", code=code[:60]))


def get_by_number_or_code(text: str) -> Row[Any]:
    """The order somebody means: a ticket number is all digits and shorter than a code. Of equal numbers the newest order's."""
    if _ticket_number(text) is None:
        return get_by_code(text)
    row = find_by_number(text)
    if row is None:
        raise UnknownOrder
    return row


def find_by_number(text: str) -> Row[Any] | None:
    """By what may be a ticket number, with or without its #."""
    if (number := _ticket_number(text)) is None:
        return None
    newest_first = select(*Order.__table__.columns).where(Order.number == number).order_by(Order.created_at.desc())
    return db.session.execute(newest_first.limit(1)).one_or_none()


def _ticket_number(text: str) -> int | None:
    number = text.strip().removeprefix("#")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < ids.LENGTH else None


def get_by_tracking_token(token: str) -> Row[Any]:
    row = db.session.execute(select(*Order.__table__.columns).where(Order.tracking_token == token)).one_or_none()
    if row is None:
        raise UnknownOrder
    return row


def as_tracked(row: Row[Any]) -> TrackedOrderDict:
    """For whoever holds the link: how far it is, and nothing personal but the first name."""
    return {
        "number": row.number,
        "firstName": row.customer_name.split()[0],
        "status": row.status,
        "dueAt": clock.wire(row.due_at),
        "createdAt": clock.wire(row.created_at),
        "timeline": [{"event": event["event"], "status": event["status"], "at": event["at"]} for event in timeline(row.id)],
    }


def timeline(order_id: str) -> list[OrderEventDict]:
    return timelines([order_id])[order_id]


def timelines(order_ids: Iterable[str]) -> dict[str, list[OrderEventDict]]:
    """What each of these orders has been through, oldest first, in one query."""
    events = db.session.scalars(select(OrderEvent).where(OrderEvent.order_id.in_(list(order_ids))).order_by(OrderEvent.id))
    found: dict[str, list[OrderEventDict]] = defaultdict(list)
    for event in events:
        found[event.order_id].append(event.to_dict())
    return found


def _items_of(order_ids: Iterable[str]) -> dict[str, list[Row[Any]]]:
    rows = db.session.execute(select(*_ITEM_COLUMNS).where(OrderItem.order_id.in_(list(order_ids))).order_by(OrderItem.id))
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def count_by_status() -> dict[str, int]:
    counted = db.session.execute(select(Order.status, func.count()).group_by(Order.status))
    return dict(counted.tuples().all())


def count_since(moment: datetime) -> int:
    return db.session.scalars(select(func.count()).select_from(Order).where(Order.created_at >= moment)).one()


def has_happened(order_id: str, event: str, *, since: datetime | None = None) -> bool:
    happened = select(OrderEvent.id).where(OrderEvent.order_id == order_id, OrderEvent.event == event)
    if since is not None:
        happened = happened.where(OrderEvent.at >= since)
    return db.session.scalar(happened.limit(1)) is not None


def last_step(order_id: str) -> OrderEvent:
    return db.session.scalars(select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id.desc()).limit(1)).one()


def last_scanned(station: str, account_id: int | None, *, limit: int) -> list[ScannedDict]:
    """What somebody scanned there lately, the newest first."""
    event, now = STATIONS[Station(station)], clock.now()
    newer = aliased(OrderEvent)
    moved_on = exists().where(newer.order_id == OrderEvent.order_id, newer.id > OrderEvent.id).label("moved_on")
    found = select(OrderEvent.at, Order.id, Order.number, Order.customer_name, Order.status, moved_on)
    # No index is kept for this: it looks at the end of the table only.
    lately = select(func.coalesce(func.max(OrderEvent.id), 0) - _LATELY).scalar_subquery()
    found = found.join(Order, Order.id == OrderEvent.order_id).where(OrderEvent.id > lately)
    found = found.where(OrderEvent.event == event, OrderEvent.account_id == account_id)
    return [
        {
            "id": row.id,
            "number": row.number,
            "customerName": row.customer_name,
            "status": row.status,
            "at": clock.wire(row.at),
            "undoable": event in UNDOABLE and not row.moved_on and now - row.at <= UNDO_WITHIN,
        }
        for row in db.session.execute(found.order_by(OrderEvent.id.desc()).limit(limit))
    ]


def board(*, each: int) -> list[LaneDict]:
    """Everything that is with us, by where it is and what is due first first; of each state the first so many, in two queries."""
    place = func.row_number().over(partition_by=Order.status, order_by=(Order.due_at, Order.id)).label("place")
    in_lane = func.count().over(partition_by=Order.status).label("in_lane")
    ranked = select(Order.id.label("ranked_id"), place, in_lane).where(Order.status.in_(_OPEN)).subquery()
    query = select(*_COLUMNS, ranked.c.in_lane).join(ranked, ranked.c.ranked_id == Order.id).where(ranked.c.place <= each)
    rows = db.session.execute(query.order_by(Order.due_at, Order.id)).all()
    items = _items_of(row.id for row in rows)
    lanes: dict[str, LaneDict] = {status: {"status": status, "count": 0, "orders": []} for status in _OPEN}
    for row in rows:
        lanes[row.status]["count"] = row.in_lane
        lanes[row.status]["orders"].append(order_dict(row, items[row.id]))
    return list(lanes.values())


class BriefDict(TypedDict):
    orderNumber: int
    customerName: str
    customerPhone: str | None
    pieces: int


def ids_of_customer(customer_id: int) -> list[str]:
    return list(db.session.scalars(select(Order.id).where(Order.customer_id == customer_id)))


def briefs(order_ids: Iterable[str]) -> dict[str, BriefDict]:
    """What somebody who carries these orders must know of them, in one query."""
    pieces = func.sum(OrderItem.quantity).label("pieces")
    columns = (Order.id, Order.number, Order.customer_name, Order.customer_phone)
    rows = db.session.execute(select(*columns, pieces).join(Order.items).where(Order.id.in_(list(order_ids))).group_by(*columns))
    return {
        row.id: {
            "orderNumber": row.number,
            "customerName": row.customer_name,
            "customerPhone": row.customer_phone,
            "pieces": int(row.pieces),
        }
        for row in rows
    }
