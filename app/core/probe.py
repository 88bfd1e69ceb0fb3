"""Whether the database answers, and takes a write, right now."""

import logging
import shutil
import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, migrations
from app.core.columns import UtcDateTime
from app.core.engine import for_reading
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.extensions import Model, db

log = logging.getLogger("fabclean.probe")


class Heartbeat(Model):
    """One row, touched by every readiness probe: a database that only reads is not ready."""

    __tablename__ = "control_heartbeat"
    __bind_key__ = "control"

    id: Mapped[int] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)


def beat() -> datetime | None:
    moment = clock.now()
    with unit_of_work() as session:
        if session.affected(update(Heartbeat).where(Heartbeat.id == 1).values(beat_at=moment)) == 0:
            session.add(Heartbeat(id=1, beat_at=moment))
    return db.session.scalar(select(Heartbeat.beat_at).where(Heartbeat.id == 1))


@dataclass(frozen=True, slots=True)
class Report:
    database: str
    writes: str
    revision: str
    disk: str
    engine: str

    @property
    def ready(self) -> bool:
        return self.database == self.writes == self.revision == self.disk == "ok"


_lock = threading.Lock()
_last: dict[int, tuple[float, Report]] = {}
ASKED_AT_MOST_EVERY = 1.0
LEAST_BYTES = 50 * 1024 * 1024  # enough to finish what has begun; a photo has one or two


def check(folder: Path) -> Report:
    """What readiness means; ``folder`` is where the data is.

    Asked at most once a second per process, so that strangers cannot wear out the disk with it.
    """
    engine = db.engines[CONTROL]
    with _lock:
        at, report = _last.get(id(engine), (0.0, None))
        if report is None or time.monotonic() - at > ASKED_AT_MOST_EVERY:
            report = _look(engine, folder)
            _last[id(engine)] = time.monotonic(), report
        return report


def _look(engine: Engine, folder: Path) -> Report:
    name = f"SQLite {sqlite3.sqlite_version}" if engine.dialect.name == "sqlite" else "PostgreSQL"
    try:
        with for_reading(engine).connect() as connection:
            behind = [chain for chain in migrations.CHAINS if migrations.current(connection, chain) != migrations.head(chain)]
        revision = f"migrate first: {', '.join(behind)} behind" if behind else "ok"
        writes = "ok" if not behind and beat() else "not tried"
        disk = (
            "ok" if shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists())).free >= LEAST_BYTES else "full"
        )
        return Report("ok", writes, revision, disk, name)
    except (SQLAlchemyError, OSError) as failure:
        log.error("the readiness probe failed", exc_info=failure)
        return Report("unreachable", "failed", "unknown", "unknown", name)
