from datetime import datetime
from typing import TypedDict

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import BigInt, Flag, Json, UtcDateTime
from app.extensions import Model


class WebhookDict(TypedDict):
    id: int
    url: str
    note: str
    events: list[str]
    enabled: bool
    switchedOffBecause: str | None
    failingSince: str | None
    oldSecretUntil: str | None
    createdAt: str
    updatedAt: str


class WebhookWithSecretDict(WebhookDict):
    """With what its messages are signed with: told this once."""

    secret: str


class AttemptDict(TypedDict):
    at: str
    status: int | None
    milliseconds: int
    note: str | None


class WebhookMessageDict(TypedDict):
    id: str
    type: str
    subject: str
    state: str
    attempts: int
    createdAt: str
    nextTryAt: str | None
    note: str | None
    log: list[AttemptDict]


class WebhookEndpoint(Model):
    """Where a program of somebody else's wants to hear of what happens here."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    url: Mapped[str]
    note: Mapped[str]
    events: Mapped[list[str]] = mapped_column(Json)
    enabled: Mapped[bool] = mapped_column(Flag)
    sealed_secret: Mapped[str]
    # After a change of secret both sign for a while.
    old_sealed_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when nothing has got through; empty as soon as something does.
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_because: Mapped[str | None]  # set when it was not a person who switched it off
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def to_dict(self) -> WebhookDict:
        return {
            "id": self.id,
            "url": self.url,
            "note": self.note,
            "events": self.events,
            "enabled": self.enabled,
            "switchedOffBecause": self.off_because,
            "failingSince": clock.wire_or_none(self.failing_since),
            "oldSecretUntil": clock.wire_or_none(self.old_secret_until),
            "createdAt": clock.wire(self.created_at),
            "updatedAt": clock.wire(self.updated_at),
        }


class WebhookAttempt(Model):
    """One try to carry one message to one endpoint. Rows are only ever added."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index("ix_webhook_attempt_outgoing", "outgoing_id", "id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    outgoing_id: Mapped[int] = mapped_column(ForeignKey("outgoing.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    note: Mapped[str | None]

    def to_dict(self) -> AttemptDict:
        return {"at": clock.wire(self.at), "status": self.status, "milliseconds": self.milliseconds, "note": self.note}
