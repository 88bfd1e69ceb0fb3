from datetime import date, datetime
from typing import Any, Literal, NotRequired, TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import BigInt, CalendarDate, Json, UtcDateTime
from app.extensions import Model
from app.logistics.delivery_rules import DeliveryStatus, Kind

_STATUSES = ", ".join(f"'{status}'" for status in DeliveryStatus)
_KINDS = ", ".join(f"'{kind}'" for kind in Kind)
# Written out, not bound: only so does SQLite see that the index below answers the question.
OPEN = text("status IN ('PLANNED', 'STARTED')")


class ProofDict(TypedDict):
    name: str | None
    photo: str | None
    signature: str | None
    scanned: bool


class DeliveryDict(TypedDict):
    id: int
    orderId: str
    workerId: int | None
    kind: str
    status: str
    day: str
    position: int
    window: str | None
    address: str | None
    proof: ProofDict | None
    failureReason: str | None
    startedAt: str | None
    finishedAt: str | None
    createdAt: str
    updatedAt: str


class StopDict(DeliveryDict):
    """A delivery as its driver sees it: with whom to ask for, and how much to carry."""

    orderNumber: int
    customerName: str
    customerPhone: str | None
    pieces: int


class PlannedStopDict(StopDict):
    """As whoever plans the round sees it: with the version that a change of it names."""

    version: int


class OfflineAnswerDict(TypedDict):
    """What became of one offline event. ``final``: sending it again will not help, so the phone may forget it."""

    clientId: str
    status: Literal["applied", "repeated", "refused"]
    final: bool
    error: NotRequired[str]
    code: NotRequired[str]
    state: NotRequired[dict[str, Any]]
    delivery: NotRequired[StopDict]


class FileDict(TypedDict):
    id: str
    mediaType: str
    size: int
    createdAt: str


class Delivery(Model):
    """One stop of the van for one order. An order has at most one stop of a kind under way, whoever plans at the same moment."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        Index("ix_delivery_worker_day", "worker_id", "day", "position", "id"),
        Index("ix_delivery_day", "day", "id"),
        Index(
            "uq_delivery_open_order_kind",
            "order_id",
            "kind",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    status: Mapped[str]
    day: Mapped[date] = mapped_column(CalendarDate)
    position: Mapped[int]
    window: Mapped[str | None]
    address: Mapped[str | None]
    proof: Mapped[dict[str, Any] | None] = mapped_column(Json)
    failure_reason: Mapped[str | None]
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def to_dict(self) -> DeliveryDict:
        return {
            "id": self.id,
            "orderId": self.order_id,
            "workerId": self.worker_id,
            "kind": self.kind,
            "status": self.status,
            "day": self.day.isoformat(),
            "position": self.position,
            "window": self.window,
            "address": self.address,
            "proof": _proof_dict(self.proof) if self.proof else None,
            "failureReason": self.failure_reason,
            "startedAt": clock.wire_or_none(self.started_at),
            "finishedAt": clock.wire_or_none(self.finished_at),
            "createdAt": clock.wire(self.created_at),
            "updatedAt": clock.wire(self.updated_at),
        }


def _proof_dict(proof: dict[str, Any]) -> ProofDict:
    scanned = bool(proof.get("scanned"))
    return {"name": proof.get("name"), "photo": proof.get("photo"), "signature": proof.get("signature"), "scanned": scanned}


class OfflineEvent(Model):
    """What a phone recorded without signal, under the id the phone gave it: applied once, however often it is sent."""

    __tablename__ = "offline_event"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    result: Mapped[dict[str, Any]] = mapped_column(Json)


class StoredFile(Model):
    """A photo or signature after it was checked and encoded anew. Its bytes lie in the file store under their own hash."""

    __tablename__ = "stored_file"

    id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def to_dict(self) -> FileDict:
        return {"id": self.id, "mediaType": self.media_type, "size": self.size, "createdAt": clock.wire(self.created_at)}
