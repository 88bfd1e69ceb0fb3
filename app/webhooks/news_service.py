"""What happens here, as programs are told of it: written into the outbox by the transaction it happens in.

Nothing in it names a person. Whoever needs the name asks the API for it, with a key that may; and when somebody is forgotten,
nothing lies about in messages that were sent.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from app.identity.principal import Principal
from app.notifications import outbox_service
from app.orders import queries as orders
from app.orders.order_rules import Event
from app.webhooks import queries
from app.webhooks.queries import ROUTE
from app.webhooks.webhook_rules import Topic

if TYPE_CHECKING:
    from app.logistics.models import Delivery
    from app.orders.models import Order
    from app.transit.models import TransitBatchDict

_OF_AN_ORDER = ("id", "number", "status", "serviceId", "pickupDate", "dueAt", "total", "currency", "paid", "createdAt", "updatedAt")
_OF_A_DELIVERY = ("id", "orderId", "workerId", "kind", "status", "day", "startedAt", "finishedAt", "createdAt", "updatedAt")
_OF_A_BATCH = ("id", "type", "status", "orderIds", "createdAt", "initiatedAt", "arrivedAt", "completedAt", "cancelledAt")
News = Mapping[str, dict[str, Any]]  # by what it is about: messages about one thing arrive in their order


def order_placed(order: "Order", *, by: Principal) -> None:
    _tell(Topic.ORDER_PLACED, lambda: {f"order:{order.id}": _only(_OF_AN_ORDER, order.to_dict())})


def orders_moved(order_ids: Collection[str], *, event: Event, by: Principal) -> None:
    def news() -> News:
        known = orders.among(order_ids)
        return {f"order:{order_id}": {**_only(_OF_AN_ORDER, known[order_id]), "event": event} for order_id in order_ids}

    _tell(Topic.ORDER_MOVED, news)


def delivery_planned(delivery: "Delivery", *, again: bool) -> None:
    _tell(Topic.DELIVERY_PLANNED, lambda: {f"order:{delivery.order_id}": _only(_OF_A_DELIVERY, delivery.to_dict())})


def delivery_moved(delivery: "Delivery") -> None:
    _tell(Topic.DELIVERY_MOVED, lambda: {f"order:{delivery.order_id}": _only(_OF_A_DELIVERY, delivery.to_dict())})


def batch_created(batch: "TransitBatchDict") -> None:
    _tell(Topic.BATCH_CREATED, lambda: {f"transit_batch:{batch['id']}": _only(_OF_A_BATCH, batch)})


def batch_moved(batch: "TransitBatchDict") -> None:
    _tell(Topic.BATCH_MOVED, lambda: {f"transit_batch:{batch['id']}": _only(_OF_A_BATCH, batch)})


def customer_created(customer_id: int) -> None:
    _tell(Topic.CUSTOMER_CREATED, lambda: {f"customer:{customer_id}": {"id": customer_id}})


def customer_erased(customer_id: int) -> None:
    _tell(Topic.CUSTOMER_ERASED, lambda: {f"customer:{customer_id}": {"id": customer_id}})


def customer_merged(customer_id: int, *, into: int) -> None:
    _tell(Topic.CUSTOMER_MERGED, lambda: {f"customer:{customer_id}": {"id": customer_id, "into": into}})


def _tell(topic: Topic, news: Callable[[], News]) -> None:
    """One message under one id, to everybody who wants to hear of it."""
    if not (endpoint_ids := queries.wanting(topic)):
        return
    rows = []
    for subject, data in news().items():
        told = {"message_id": outbox_service.new_id(), "route": ROUTE, "subject": subject, "topic": topic, "data": data}
        rows += [{**told, "target": str(endpoint_id)} for endpoint_id in endpoint_ids]
    outbox_service.put(rows)


def _only(names: Collection[str], facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in names}
