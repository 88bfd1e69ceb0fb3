"""What customers arrange by themselves: an order they will bring, or one that the van collects at their door."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.customers import approval_service
from app.identity.principal import Principal
from app.logistics import delivery_service
from app.logistics.delivery_rules import Kind
from app.orders import order_service
from app.tenancy.tenant_service import current_business

if TYPE_CHECKING:
    from app.orders.models import Order

EVENING = timedelta(hours=20)


def book(data: Mapping[str, Any], *, by: Principal) -> "Order":
    """The order and the van's stop for it, both or neither. What was counted at home is counted again in the shop."""
    with unit_of_work():
        wanted = {"items": data["items"], "specialInstructions": data["specialInstructions"]}
        order = order_service.place(wanted, by=by, expected=_evening_of(data["day"]) if data["collect"] else None)
        if data["collect"]:
            approval_service.ensure_address(data["address"], by=by)
            stop = {name: data.get(name) for name in ("day", "window", "address")}
            delivery_service.plan({"order_id": order.id, "kind": Kind.PICKUP, **stop}, by=by)
    return order


def _evening_of(day: date) -> datetime:
    """By when the van is back with what it collected that day."""
    return max(clock.now(), clock.start_of(day, current_business().timezone) + EVENING)
