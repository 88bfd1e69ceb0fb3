"""What happens to orders, as their customers are told of it: which message to whom, written down by the transaction it happens in.

Only numbers are written down. Names, addresses and words are looked up when it goes out, so it says what is true then.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from app.core import clock
from app.customers import queries as customers
from app.identity.principal import Principal
from app.logistics.delivery_rules import DeliveryStatus, Kind
from app.messages import queries
from app.messages.message_rules import OLD_NEWS, UNDONE_WITHIN, Channel, Occasion, channels_for
from app.notifications import outbox_service
from app.orders import person_service
from app.orders import queries as orders
from app.orders.order_rules import Event
from app.tenancy.tenant_service import current_business

if TYPE_CHECKING:
    from app.customers.models import Customer
    from app.logistics.models import Delivery
    from app.orders.models import Order

_BY_EVENT = {
    Event.FINISH: Occasion.READY,
    Event.RECEIVE_AT_STORE: Occasion.READY,
    Event.LOAD: Occasion.OUT_FOR_DELIVERY,
    Event.DELIVER: Occasion.DELIVERED,
    Event.FAIL_DELIVERY: Occasion.DELIVERY_FAILED,
    Event.CANCEL: Occasion.CANCELLED,
}
# What can happen to an order on one day and again on another.
_DAILY = (Occasion.OUT_FOR_DELIVERY, Occasion.DELIVERY_FAILED)
_NONE = timedelta(0)


def order_placed(order: "Order", *, by: Principal) -> None:
    """Of an order that anybody may have placed in anybody's name, nobody is told: a letter offers them an account instead."""
    if by.signed_in and clock.now() - order.created_at < OLD_NEWS:
        _tell(Occasion.ORDER_PLACED, {order.id: order.customer_id})


def orders_moved(order_ids: Collection[str], *, event: Event, by: Principal) -> None:
    occasion = _BY_EVENT.get(event)
    if occasion is None:
        return
    moved = person_service.customers_of(order_ids, changed_since=clock.now() - OLD_NEWS)
    if event == Event.FINISH:
        # Finished at a plant it is not where its customer would come for it: that is told when it is back.
        away = {order_id for order_id, past in orders.timelines(moved).items() if any(step["event"] == Event.SEND_OUT for step in past)}
        moved = {order_id: customer_id for order_id, customer_id in moved.items() if order_id not in away}
    _tell(occasion, moved, after=UNDONE_WITHIN if event == Event.FINISH else _NONE)


def delivery_planned(delivery: "Delivery", *, again: bool) -> None:
    if delivery.kind == Kind.PICKUP and not again:  # whoever was not met was told that we come again
        _tell_of_a_stop(Occasion.PICKUP_BOOKED, delivery)


def delivery_moved(delivery: "Delivery") -> None:
    if delivery.kind == Kind.PICKUP and delivery.status == DeliveryStatus.FAILED:
        _tell_of_a_stop(Occasion.PICKUP_FAILED, delivery)


def customer_erased(customer_id: int) -> None:
    for channel in Channel:
        outbox_service.forget(channel, str(customer_id))


def _tell_of_a_stop(occasion: Occasion, delivery: "Delivery") -> None:
    facts = {"day": delivery.day.isoformat(), "window": delivery.window or ""}
    _tell(occasion, person_service.customers_of([delivery.order_id]), facts=facts, once=f":{delivery.id}")


def _tell(
    occasion: Occasion, whose: Mapping[str, int], *, after: timedelta = _NONE, facts: Mapping[str, str] | None = None, once: str = ""
) -> None:
    setting = queries.setting()
    if not whose or occasion in setting.off:
        return
    known, now = customers.among(set(whose.values())), clock.now()
    if occasion in _DAILY:
        once = f":{clock.local_day(now, current_business().timezone)}"
    outbox_service.put_once(
        {
            "message_id": f"{occasion}:{order_id}{once}",
            "route": channel,
            "target": str(customer_id),
            "subject": f"order:{order_id}",
            "topic": occasion,
            "data": dict(facts or {}),
            "next_at": now + after,
        }
        for order_id, customer_id in whose.items()
        for channel in channels_for(setting.channels, known[customer_id].channels, _ways_to(known[customer_id]))
    )


def _ways_to(customer: "Customer") -> set[Channel]:
    by_phone = {Channel.SMS, Channel.WHATSAPP} if customer.phone else set()
    return by_phone | ({Channel.EMAIL} if customer.email else set())
