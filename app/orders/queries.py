from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, tuple_

from app.core import clock, ids
from app.core.columns import UtcDateTime
from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.extensions import db
from app.orders.errors import MistypedCode, UnknownOrder
from app.orders.models import Order, OrderDict, OrderEvent, OrderItem, order_dict

_COLUMNS = [column for column in Order.__table__.columns if column.name != "tracking_token"]
_ITEM_COLUMNS = OrderItem.__table__.columns


def get_by_code(code: str) -> Row[Any]:
    """The order's columns, from its id however it was typed. A mistyped code and an unknown one are told apart."""
    order_id = ids.read_code(code)
    if order_id is None:
        raise MistypedCode
    row = db.session.execute(select(*Order.__table__.columns).where(Order.id == order_id)).one_or_none()
    if row is None:
        raise UnknownOrder
    return row


def as_dict(row: Row[Any]) -> OrderDict:
    return order_dict(row, _items_of([row.id])[row.id])


def newest(
    *, customer_id: int | None = None, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[OrderDict]:
    """A page of orders in two queries, whatever its length."""
    query: Select[Any] = select(*_COLUMNS).order_by(Order.created_at.desc(), Order.id.desc()).limit(limit + 1)
    if customer_id is not None:
        query = query.where(Order.customer_id == customer_id)
    if status is not None:
        query = query.where(Order.status == status)
    if cursor is not None:
        at, last_id = read_cursor(cursor, (int, str))
        query = query.where(
            tuple_(Order.created_at, Order.id) < tuple_(literal(clock.from_milliseconds(at), UtcDateTime), literal(last_id))
        )
    page = Page.of(db.session.execute(query).all(), limit, lambda row: [clock.milliseconds(row.created_at), row.id])
    items = _items_of(row.id for row in page.rows)
    return Page([order_dict(row, items[row.id]) for row in page.rows], page.next_cursor)


def timeline(order_id: str) -> list[OrderEvent]:
    return list(db.session.scalars(select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)))


def _items_of(order_ids: Iterable[str]) -> dict[str, list[Row[Any]]]:
    rows = db.session.execute(select(*_ITEM_COLUMNS).where(OrderItem.order_id.in_(list(order_ids))).order_by(OrderItem.id))
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def count_by_status() -> dict[str, int]:
    counted = db.session.execute(select(Order.status, func.count()).group_by(Order.status))
    return dict(counted.tuples().all())
