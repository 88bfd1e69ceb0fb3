from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import UtcDateTime
from app.extensions import Model

EVERYWHERE = ""  # in place of a business, where the work is the installation's


class RunState(StrEnum):
    WAITING = "waiting"  # for its time, or after a failure for its next try
    RUNNING = "running"
    DONE = "done"
    ASIDE = "aside"  # it failed too often; somebody has to look


_OPEN = text("state IN ('waiting', 'running')")
_STATES = ", ".join(f"'{state}'" for state in RunState)


class RunDict(TypedDict):
    id: int
    job: str
    business: str
    state: str
    attempts: int
    done: int | None
    total: int | None
    plannedFor: str
    nextAt: str | None
    startedAt: str | None
    finishedAt: str | None
    error: str | None


class JobRun(Model):
    """One run of one job, and everything that became of it. ``run_key`` names the occurrence, so of any number of schedulers one
    writes it down; and a job of a business is never open twice."""

    __tablename__ = "control_job_run"
    __bind_key__ = "control"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("uq_control_job_run_run_key", "run_key", unique=True),
        Index("uq_control_job_run_open", "name", "tenant", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_control_job_run_state", "state", "next_at"),
        Index("ix_control_job_run_tenant", "tenant", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_key: Mapped[str]
    name: Mapped[str]
    tenant: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    done: Mapped[int | None]
    total: Mapped[int | None]
    planned_for: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it was last put into the queue
    owner: Mapped[str | None]  # the process that does it, for as long as it says that it is alive
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None]

    def to_dict(self) -> RunDict:
        return {
            "id": self.id,
            "job": self.name,
            "business": self.tenant,
            "state": self.state,
            "attempts": self.attempts,
            "done": self.done,
            "total": self.total,
            "plannedFor": clock.wire(self.planned_for),
            "nextAt": clock.wire(self.next_at) if self.state == RunState.WAITING else None,
            "startedAt": clock.wire_or_none(self.started_at),
            "finishedAt": clock.wire_or_none(self.finished_at),
            "error": self.error,
        }


class JobPause(Model):
    """Somebody wants this job not to begin: for one business, or everywhere."""

    __tablename__ = "control_job_pause"
    __bind_key__ = "control"

    name: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
