from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.columns import BigInt, Flag, UtcDateTime
from app.extensions import Model
from app.transit.batch_rules import BatchStatus, BatchType

_STATUSES = ", ".join(f"'{status}'" for status in BatchStatus)
_TYPES = ", ".join(f"'{kind}'" for kind in BatchType)


class TransitBatchDict(TypedDict):
    id: int
    type: str
    status: str
    orderIds: list[str]
    createdBy: str
    createdAt: str
    initiatedAt: str | None
    arrivedAt: str | None
    completedAt: str | None
    cancelledAt: str | None


class ManifestLineDict(TypedDict):
    id: str
    number: int
    customerName: str
    pieces: int
    status: str
    receivedAt: str | None


class ManifestDict(TypedDict):
    """What goes along, for whoever hands it over and whoever counts it on arrival."""

    batch: TransitBatchDict
    orders: list[ManifestLineDict]
    pieces: int


class TransitBatch(Model):
    __tablename__ = "transit_batch"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint(f"type IN ({_TYPES})", name="type"),
        Index("ix_transit_batch_status_created", "status", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    type: Mapped[str]
    status: Mapped[str]
    # What the client called whoever made it: a note. Who it really was is in the audit.
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    initiated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    lines: Mapped[list["TransitLine"]] = relationship(lazy="raise", order_by="TransitLine.id", back_populates="batch")

    @property
    def order_ids(self) -> list[str]:
        """What was taken out again before it left does not count."""
        return [line.order_id for line in self.lines if line.removed_at is None]

    def to_dict(self) -> TransitBatchDict:
        return batch_dict(self, self.order_ids)


class TransitLine(Model):
    """An order in a batch. While ``open``, the order can be in no other: the index says so, whoever asks at the same moment."""

    __tablename__ = "transit_line"
    __table_args__ = (
        Index("uq_transit_line_open_order", "order_id", unique=True, sqlite_where=text("open = 1"), postgresql_where=text("open")),
        Index("ix_transit_line_batch", "batch_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("transit_batch.id"))
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    open: Mapped[bool] = mapped_column(Flag)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # With its batch, or scanned before that.
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    batch: Mapped[TransitBatch] = relationship(lazy="raise", back_populates="lines")


def batch_dict(batch: Any, order_ids: Iterable[str]) -> TransitBatchDict:
    """The one way a batch looks from outside, from a ``TransitBatch`` or from a row with its columns (lists read rows)."""
    return {
        "id": batch.id,
        "type": batch.type,
        "status": batch.status,
        "orderIds": list(order_ids),
        "createdBy": batch.created_by,
        "createdAt": clock.wire(batch.created_at),
        "initiatedAt": clock.wire_or_none(batch.initiated_at),
        "arrivedAt": clock.wire_or_none(batch.arrived_at),
        "completedAt": clock.wire_or_none(batch.completed_at),
        "cancelledAt": clock.wire_or_none(batch.cancelled_at),
    }
