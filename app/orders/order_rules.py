"""What an order may be, and what it costs. No database, no clock: everything needed comes as an argument."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.money import LARGEST, Money
from app.orders.errors import TooExpensive


class Status(StrEnum):
    AT_STORE = "At Store"
    IN_TRANSIT = "In Transit"
    AT_FACTORY = "At Factory"
    PROCESSING = "Processing"
    READY = "Ready"
    OUT_FOR_DELIVERY = "Out for Delivery"
    DELIVERED = "Delivered"
    COLLECTED = "Collected"
    CANCELLED = "Cancelled"


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody asks for: so many of a service."""

    service_id: str
    quantity: int = 1
    garment: str | None = None
    notes: str | None = None


def merge(service_ids: Iterable[str]) -> list[Line]:
    """A plain list of services as lines: repeating one means quantity."""
    counted: dict[str, int] = {}
    for service_id in service_ids:
        counted[service_id] = counted.get(service_id, 0) + 1
    return [Line(service_id, quantity) for service_id, quantity in counted.items()]


def total(prices: Iterable[tuple[Money, int]], currency: str) -> Money:
    result = Money(0, currency)
    for unit, quantity in prices:
        result = result + unit * quantity
    if result.minor > LARGEST:
        raise TooExpensive
    return result


def due_at(placed_at: datetime, durations_hours: Iterable[int]) -> datetime:
    """The services run side by side, so the longest decides."""
    return placed_at + timedelta(hours=max(durations_hours))
