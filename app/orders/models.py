from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol, TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.columns import CalendarDate, Flag, UtcDateTime
from app.core.money import Money
from app.extensions import Model
from app.orders.order_rules import Status

_STATUSES = ", ".join(f"'{status}'" for status in Status)
# Written out, because SQLite knows a partial index again only by the words it was made with.
LAST_STEP = text(f"to_status IN ('{Status.COLLECTED}', '{Status.DELIVERED}')")


class OrderItemDict(TypedDict):
    id: int
    serviceId: str
    service: str
    quantity: int
    unitPrice: float
    total: float
    garment: str | None
    notes: str | None


class OrderDict(TypedDict):
    id: str
    number: int
    customerName: str
    customerEmail: str | None
    customerPhone: str | None
    serviceId: list[str]
    service: list[str]
    items: list[OrderItemDict]
    pickupDate: str | None
    dueAt: str
    specialInstructions: str
    total: float
    currency: str
    paid: bool
    status: str
    createdAt: str
    updatedAt: str


class OrderEventDict(TypedDict):
    event: str
    status: str
    at: str
    by: str


class TrackedEventDict(TypedDict):
    event: str
    status: str
    at: str


class TrackedOrderDict(TypedDict):
    """What a stranger with the tracking link may see."""

    number: int
    firstName: str
    status: str
    dueAt: str
    createdAt: str
    timeline: list[TrackedEventDict]


class Order(Model):
    """One ticket. Names, prices and currency are copied here when it is placed: a later change elsewhere is not history."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("store_id", "number"),
        CheckConstraint("total_minor >= 0", name="total"),
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        Index("ix_orders_number", "number"),
        # Newest first is how every list reads: whole, by status, by customer.
        Index("ix_orders_created", "created_at", "id"),
        Index("ix_orders_status_created", "status", "created_at", "id"),
        Index("ix_orders_customer_created", "customer_id", "created_at", "id"),
        Index("ix_orders_due", "due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_name: Mapped[str]
    customer_email: Mapped[str | None]
    customer_phone: Mapped[str | None]
    pickup_date: Mapped[date | None] = mapped_column(CalendarDate)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    special_instructions: Mapped[str]
    total_minor: Mapped[int]
    currency: Mapped[str]
    paid: Mapped[bool] = mapped_column(Flag, default=False)
    status: Mapped[str]
    # What the tracking page is found by. Nothing else can be done with it.
    tracking_token: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    items: Mapped[list["OrderItem"]] = relationship(lazy="raise", order_by="OrderItem.id", back_populates="order")

    def to_dict(self) -> OrderDict:
        return order_dict(self, self.items)


class OrderItem(Model):
    """One line: so many pieces of one service. Garment pieces with tags of their own will hang below it."""

    __tablename__ = "order_item"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"), CheckConstraint("unit_minor >= 0", name="unit"))

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    service_name: Mapped[str]
    quantity: Mapped[int]
    unit_minor: Mapped[int]
    garment: Mapped[str | None]
    notes: Mapped[str | None]

    order: Mapped[Order] = relationship(lazy="raise", back_populates="items")


class OrderEvent(Model):
    """One step in an order's life. Rows are only ever added; a step back is a new event."""

    __tablename__ = "order_event"
    __table_args__ = (
        Index("ix_order_event_order", "order_id", "id"),
        # What left the shop on a day: only the last step of an order is asked for by time.
        Index("ix_order_event_out", "at", sqlite_where=LAST_STEP, postgresql_where=LAST_STEP),
        Index("ix_order_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    event: Mapped[str]
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None]
    actor: Mapped[str]
    channel: Mapped[str]

    def to_dict(self) -> OrderEventDict:
        return {"event": self.event, "status": self.to_status, "at": clock.wire(self.at), "by": self.actor}


class TicketCounter(Model):
    """The last ticket number a store gave out. Raised in the transaction that uses it, so that none is skipped."""

    __tablename__ = "ticket_counter"

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"), primary_key=True)
    last_number: Mapped[int]


class ItemColumns(Protocol):
    """An ``OrderItem``, or a row with its columns."""

    id: Any
    service_id: Any
    service_name: Any
    quantity: Any
    unit_minor: Any
    garment: Any
    notes: Any


def order_dict(order: Any, items: Iterable[ItemColumns]) -> OrderDict:
    """The one way an order looks from outside, from an ``Order`` or from a row with its columns (lists read rows)."""
    lines = list(items)
    currency = order.currency
    return {
        "id": order.id,
        "number": order.number,
        "customerName": order.customer_name,
        "customerEmail": order.customer_email,
        "customerPhone": order.customer_phone,
        "serviceId": [line.service_id for line in lines],
        "service": [line.service_name for line in lines],
        "items": [
            {
                "id": line.id,
                "serviceId": line.service_id,
                "service": line.service_name,
                "quantity": line.quantity,
                "unitPrice": Money(line.unit_minor, currency).wire(),
                "total": Money(line.unit_minor * line.quantity, currency).wire(),
                "garment": line.garment,
                "notes": line.notes,
            }
            for line in lines
        ],
        "pickupDate": order.pickup_date.isoformat() if order.pickup_date else None,
        "dueAt": clock.wire(order.due_at),
        "specialInstructions": order.special_instructions,
        "total": Money(order.total_minor, currency).wire(),
        "currency": currency,
        "paid": order.paid,
        "status": order.status,
        "createdAt": clock.wire(order.created_at),
        "updatedAt": clock.wire(order.updated_at),
    }
