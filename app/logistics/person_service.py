"""What a van's stops know of a person, when that person asks to be forgotten."""

from sqlalchemy import update

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.logistics.models import Delivery
from app.orders import queries as orders


def customer_erased(customer_id: int) -> None:
    """That somebody came stays, with day and driver; where to, who took it and why not goes."""
    blank = {"address": None, "proof": None, "failure_reason": None}
    with unit_of_work() as session:
        ids = orders.ids_of_customer(customer_id)
        for start in range(0, len(ids), 500):
            stops = update(Delivery).where(Delivery.order_id.in_(ids[start : start + 500]))
            changed = stops.values(**blank, updated_at=clock.now(), version=Delivery.version + 1)
            session.execute(changed.execution_options(synchronize_session=False))
