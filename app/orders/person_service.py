"""What becomes of orders when the person behind them is forgotten, or turns out to be somebody known."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from app.core import clock, idempotency
from app.core.unit_of_work import unit_of_work
from app.customers.erasing_service import ERASED_NAME
from app.extensions import db
from app.orders.models import Order, OrderItem


def customer_erased(customer_id: int) -> None:
    """The order, its price and its way stay, for the books. Free text goes too: people write their names and doors into it."""
    theirs = Order.customer_id == customer_id
    blank = {"customer_name": ERASED_NAME, "customer_email": None, "customer_phone": None, "special_instructions": ""}
    with unit_of_work() as session:
        ids = session.scalars(select(Order.id).where(theirs)).all()
        lines = update(OrderItem).where(OrderItem.order_id.in_(select(Order.id).where(theirs)))
        session.execute(lines.values(notes=None).execution_options(synchronize_session=False))
        changed = update(Order).where(theirs).values(**blank, updated_at=clock.now(), version=Order.version + 1)
        session.execute(changed.execution_options(synchronize_session=False))
        for start in range(0, len(ids), 100):
            idempotency.forget_replies(ids[start : start + 100])


def customer_merged(customer_id: int, into: int) -> None:
    """Only whose they are: what was written on the ticket stays as it was written."""
    with unit_of_work() as session:
        moved = update(Order).where(Order.customer_id == customer_id).values(customer_id=into, version=Order.version + 1)
        session.execute(moved.execution_options(synchronize_session=False))


def customers_of(order_ids: Collection[str], *, changed_since: datetime | None = None) -> dict[str, int]:
    """Whose each of these orders is, of those that something has happened to since then."""
    query = select(Order.id, Order.customer_id).where(Order.id.in_(order_ids))
    if changed_since is not None:
        query = query.where(Order.updated_at >= changed_since)
    return dict(db.session.execute(query).tuples().all())
