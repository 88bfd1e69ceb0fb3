"""What is asked of orders: one, lists of them, and their stories. It writes nothing; who may see what is for services to say."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any, NoReturn, TypedDict

from sqlalchemy import ColumnElement, Row, Select, Text, bindparam, exists, func, or_, select, tuple_

from app.core import clock, ids
from app.core.columns import BigInt, UtcDateTime
from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.core.words import say
from app.customers import queries as customers
from app.extensions import db
from app.orders.errors import MistypedCode, UnknownOrder
from app.orders.models import LAST_STEP, Order, OrderDict, OrderEvent, OrderEventDict, OrderItem, TrackedOrderDict, order_dict
from app.orders.order_rules import Status

COLUMNS = [column for column in Order.__table__.columns if column.name != "tracking_token"]
_ORDERS, _ITEMS = Order.__table__, OrderItem.__table__
_BY_ID = select(*_ORDERS.c).where(_ORDERS.c.id == bindparam("order_id"))
_OF_THESE = select(*_ITEMS.c).where(_ITEMS.c.order_id.in_(bindparam("order_ids", expanding=True))).order_by(_ITEMS.c.id)
# Still to be worked on: what can be late through our fault. A finished order waits for its customer.
UNFINISHED = (Status.AT_STORE, Status.IN_TRANSIT, Status.AT_FACTORY, Status.PROCESSING)
# The rest of the address depends on where the shop is.
_TRACKING_LINK = re.compile(r"/track/([\w-]+)/?$", re.ASCII)
OPEN = (*UNFINISHED, Status.READY, Status.OUT_FOR_DELIVERY)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "customer_id": _ORDERS.c.customer_id == bindparam("customer_id"),
    "status": _ORDERS.c.status == bindparam("status"),
    "due_since": _ORDERS.c.status.in_(UNFINISHED) & (_ORDERS.c.due_at >= bindparam("due_since")),
    "due_until": _ORDERS.c.due_at < bindparam("due_until"),
    "since": _ORDERS.c.created_at >= bindparam("since"),
    "until": _ORDERS.c.created_at < bindparam("until"),
    "left_since": _ORDERS.c.id.in_(select(OrderEvent.order_id).where(LAST_STEP, OrderEvent.at >= bindparam("left_since"))),
    "service": exists().where(_ITEMS.c.order_id == _ORDERS.c.id, _ITEMS.c.service_id == bindparam("service")),
    "before": tuple_(_ORDERS.c.created_at, _ORDERS.c.id)
    < tuple_(bindparam("before", type_=UtcDateTime), bindparam("before_id", type_=Text)),
}


def last_taken_in() -> datetime | None:
    return db.session.scalar(select(func.max(Order.created_at)))


def get_by_code(code: str) -> Row[Any]:
    """The order's columns, from its id however it was typed. A mistyped code and an unknown one are told apart."""
    order_id = ids.read_code(code)
    if order_id is None:
        raise MistypedCode
    row = db.ask(_ORDERS, _BY_ID, order_id=order_id).one_or_none()
    if row is None:
        raise UnknownOrder
    return row


def code_in(scanned: str) -> str:
    """A scanner reads either code of a label: the bars hold the order's id, the square the address of its tracking page."""
    link = _TRACKING_LINK.search(scanned)
    return scanned if link is None else str(get_by_tracking_token(link[1]).id)


def as_dict(row: Row[Any]) -> OrderDict:
    return order_dict(row, items_of([row.id])[row.id])


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
    given = {"customer_id": customer_id, "status": status, "since": since, "until": until, "left_since": left_since, "service": service}
    given["due_since"], given["due_until"] = due or (None, None)
    if cursor is not None:
        at, given["before_id"] = read_cursor(cursor, (int, str))
        given["before"] = clock.from_milliseconds(at)
    values = {name: value for name, value in given.items() if value is not None}
    query = _newest(frozenset(values))
    if q is not None:
        query = query.where(_meant_by(q))
    rows = db.ask(_ORDERS, query, **values, at_most=limit + 1).all()
    page = Page.of(rows, limit, lambda row: [clock.milliseconds(row.created_at), row.id])
    items = items_of(row.id for row in page.rows)
    return Page([order_dict(row, items[row.id]) for row in page.rows], page.next_cursor)


@cache
def _newest(given: frozenset[str]) -> Select[Any]:
    """The list's statement for these conditions, built once: that took longer than the database took to answer it."""
    query = select(*COLUMNS).where(*(_CONDITIONS[name] for name in sorted(given & _CONDITIONS.keys())))
    return query.order_by(_ORDERS.c.created_at.desc(), _ORDERS.c.id.desc()).limit(bindparam("at_most", type_=BigInt))


def _meant_by(q: str) -> ColumnElement[bool]:
    """A ticket number, a code, or what the ticket says of its customer."""
    theirs = customers.meant_by(q, _ORDERS.c.customer_id)
    if (number := _ticket_number(q)) is not None:
        return or_(_ORDERS.c.number == number, theirs)
    return or_(_ORDERS.c.id == order_id, theirs) if (order_id := ids.read_code(q)) is not None else theirs


def among(order_ids: Collection[str]) -> dict[str, OrderDict]:
    """Those of these orders that there are, in two queries."""
    rows = db.session.execute(select(*COLUMNS).where(Order.id.in_(order_ids))).all()
    items = items_of(row.id for row in rows)
    return {row.id: order_dict(row, items[row.id]) for row in rows}


def open_of(customer_ids: Collection[int], *, limit: int = 200) -> dict[int, list[OrderDict]]:
    """What these customers have with us at the moment, what is due first first, in two queries."""
    theirs = select(*COLUMNS).where(Order.customer_id.in_(customer_ids), Order.status.in_(OPEN))
    rows = db.session.execute(theirs.order_by(Order.due_at, Order.id).limit(limit)).all()
    items = items_of(row.id for row in rows)
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
    items = items_of(rows)
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


def items_of(order_ids: Iterable[str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in db.ask(_ITEMS, _OF_THESE, order_ids=list(order_ids)):
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
