from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import BigInt, Json, UtcDateTime
from app.extensions import Model


class State(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"  # given up, and kept: it can be sent again by hand


_STATES = ", ".join(f"'{state}'" for state in State)
# Written out, because SQLite knows a partial index again only by the words it was made with.
WAITING = text("state = 'waiting'")


class Outgoing(Model):
    """One message to one receiver, written in the transaction of what it tells, and carried after that."""

    __tablename__ = "outgoing"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        UniqueConstraint("message_id", "route", "target"),
        Index("ix_outgoing_due", "next_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_outgoing_lane", "route", "target", "subject", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_outgoing_target", "route", "target", "id"),
        Index("ix_outgoing_created", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    # The same at every try, so that a receiver can tell that it has it already.
    message_id: Mapped[str]
    route: Mapped[str]
    target: Mapped[str]
    # What it is about ("order:…"). To one receiver, messages about one thing go out one after another.
    subject: Mapped[str]
    topic: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str]
    attempts: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None]
