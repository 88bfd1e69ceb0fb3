"""A run belongs to whoever does it for a minute at a time. A process that dies says nothing more, and the next may begin."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock
from app.core.session import CONTROL, RoutedSession
from app.extensions import db
from app.jobs.models import JobRun, RunState

LEASE = timedelta(seconds=60)
BEAT_SECONDS = 15.0
TELL_EVERY_SECONDS = 1.0
log = logging.getLogger("fabclean.jobs")


class LeaseLost(RuntimeError):
    """Somebody else has taken this run over, so whoever was at it stops."""


@dataclass(slots=True)
class Running:
    """What a job's work is told, and what it tells."""

    run_id: int
    owner: str
    tenant: str
    planned_for: datetime
    _told_at: float = field(default=0.0, repr=False)

    def progress(self, done: int, total: int) -> None:
        """Outside of any unit of work, as often as one likes: it is written once a second, and when all is done."""
        if done < total and time.monotonic() - self._told_at < TELL_EVERY_SECONDS:
            return
        if cast(RoutedSession, db.session()).writing:
            raise RuntimeError("progress is told between units of work, not inside one")
        self._told_at = time.monotonic()
        if not renew(db.engines[CONTROL], self.run_id, self.owner, done=done, total=total):
            raise LeaseLost


def renew(engine: Engine, run_id: int, owner: str, **values: Any) -> bool:
    mine = update(JobRun).where(JobRun.id == run_id, JobRun.owner == owner, JobRun.state == RunState.RUNNING)
    with engine.begin() as connection:  # apart from whatever the job itself is writing
        return connection.execute(mine.values(lease_until=clock.now() + LEASE, **values)).rowcount == 1


@contextmanager
def kept_alive(run_id: int, owner: str) -> Iterator[None]:
    over, engine = threading.Event(), db.engines[CONTROL]

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            try:
                renew(engine, run_id, owner)
            except SQLAlchemyError:
                log.warning("a job could not say that it is alive; it will try again", extra={"run": run_id})

    thread = threading.Thread(target=beat, name=f"job-{run_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
