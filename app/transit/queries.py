from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.extensions import db
from app.orders import queries as orders
from app.transit.batch_rules import JOURNEYS, BatchStatus, BatchType
from app.transit.errors import UnknownBatch
from app.transit.models import ManifestDict, TransitBatch, TransitBatchDict, TransitLine, batch_dict

if TYPE_CHECKING:
    from app.orders.models import OrderDict

LARGEST_ID = 2**63 - 1
_COLUMNS = TransitBatch.__table__.columns


def get(batch_id: int) -> TransitBatch:
    """As it is at this moment, with everything that is or was in it."""
    ensure_possible(batch_id)
    fresh = select(TransitBatch).where(TransitBatch.id == batch_id).options(selectinload(TransitBatch.lines))
    batch = db.session.scalars(fresh.execution_options(populate_existing=True)).one_or_none()
    if batch is None:
        raise UnknownBatch
    return batch


def ensure_possible(batch_id: int) -> None:
    """A number that no column can hold is no batch's; the driver would stumble over it."""
    if batch_id > LARGEST_ID:
        raise UnknownBatch


def newest(*, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[TransitBatchDict]:
    """A page of batches in two queries, whatever is in them."""
    query: Select[Any] = select(*_COLUMNS).order_by(TransitBatch.id.desc()).limit(limit + 1)
    if status is not None:
        query = query.where(TransitBatch.status == status)
    if cursor is not None:
        query = query.where(TransitBatch.id < read_cursor(cursor, (int,))[0])
    page = Page.of(db.session.execute(query).all(), limit, lambda row: [row.id])
    contents = _contents_of([row.id for row in page.rows])
    return Page([batch_dict(row, contents[row.id]) for row in page.rows], page.next_cursor)


def manifest(batch_id: int) -> ManifestDict:
    batch = get(batch_id)
    lines = [line for line in batch.lines if line.removed_at is None]
    known = orders.among([line.order_id for line in lines])
    pieces = {order_id: sum(item["quantity"] for item in order["items"]) for order_id, order in known.items()}
    return {
        "batch": batch.to_dict(),
        "orders": [
            {
                "id": line.order_id,
                "number": known[line.order_id]["number"],
                "customerName": known[line.order_id]["customerName"],
                "pieces": pieces[line.order_id],
                "status": known[line.order_id]["status"],
                "receivedAt": clock.wire_or_none(line.received_at),
            }
            for line in lines
        ],
        "pieces": sum(pieces.values()),
    }


def open_order_ids(batch_id: int) -> list[str]:
    inside = select(TransitLine.order_id).where(TransitLine.batch_id == batch_id, TransitLine.open)
    return list(db.session.scalars(inside.order_by(TransitLine.id)))


def open_batches_of(order_ids: Collection[str]) -> dict[str, int]:
    """Which of these orders are in an open batch, and in which."""
    found = select(TransitLine.order_id, TransitLine.batch_id).where(TransitLine.order_id.in_(order_ids), TransitLine.open)
    return dict(db.session.execute(found.order_by(TransitLine.id)).tuples().all())


def able_to_travel(kind: str, *, limit: int) -> "list[OrderDict]":
    """Orders that are where this journey begins and wait for no other batch, those due first on top."""
    there = orders.newest(status=JOURNEYS[BatchType(kind)].needs, limit=limit).rows
    taken = open_batches_of([order["id"] for order in there])
    return sorted((order for order in there if order["id"] not in taken), key=lambda order: order["dueAt"])


def carried(order_ids: Collection[str], status: BatchStatus) -> Sequence[Row[Any]]:
    """Those of these orders that wait or travel in a batch of this status, with the batch's id and type."""
    found = select(TransitLine.order_id, TransitLine.batch_id, TransitBatch.type).join(TransitBatch).where(TransitBatch.status == status)
    return db.session.execute(found.where(TransitLine.order_id.in_(order_ids), TransitLine.open, TransitLine.received_at.is_(None))).all()


def _contents_of(batch_ids: Collection[int]) -> dict[int, list[str]]:
    inside = select(TransitLine.batch_id, TransitLine.order_id).where(TransitLine.batch_id.in_(batch_ids), TransitLine.removed_at.is_(None))
    found: dict[int, list[str]] = defaultdict(list)
    for batch_id, order_id in db.session.execute(inside.order_by(TransitLine.id)).tuples():
        found[batch_id].append(order_id)
    return found
