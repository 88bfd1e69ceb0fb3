"""What is with us, as those see it who work on it: the board of everything, and what was scanned at one place."""

from typing import TypedDict

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.extensions import db
from app.orders.models import Order, OrderDict, OrderEvent, order_dict
from app.orders.order_rules import STATIONS, UNDO_WITHIN, UNDOABLE, Station
from app.orders.queries import COLUMNS, OPEN, items_of

_LATELY = 5000  # events


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
    ranked = select(Order.id.label("ranked_id"), place, in_lane).where(Order.status.in_(OPEN)).subquery()
    query = select(*COLUMNS, ranked.c.in_lane).join(ranked, ranked.c.ranked_id == Order.id).where(ranked.c.place <= each)
    rows = db.session.execute(query.order_by(Order.due_at, Order.id)).all()
    items = items_of(row.id for row in rows)
    lanes: dict[str, LaneDict] = {status: {"status": status, "count": 0, "orders": []} for status in OPEN}
    for row in rows:
        lanes[row.status]["count"] = row.in_lane
        lanes[row.status]["orders"].append(order_dict(row, items[row.id]))
    return list(lanes.values())
