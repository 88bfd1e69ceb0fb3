"""Huey between the schedulers and whoever works: on Valkey where there is one, else in the database server, else in a file.

It carries numbers of runs and keeps nothing that could be missed: ``job_service`` sends again what nobody acted upon.
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from huey import Huey
from huey.consumer import Consumer, Scheduler
from huey.serializer import SignedSerializer
from huey.storage import PostgresStorage, RedisStorage, SqliteStorage
from sqlalchemy.engine import make_url

from app.core import clock
from app.jobs import job_service

TICK_SECONDS = 5
PLAN_EVERY_SECONDS = 20
THREADS = 2
STOP_SECONDS = 15
SCHEMA = "fabclean_jobs"  # apart from the tables that migrations know
MAKING = 0x_FAB_C10B
Inside = Callable[[], AbstractContextManager[Any]]
log = logging.getLogger("fabclean.jobs")


def make(config: Mapping[str, Any]) -> Huey:
    options: dict[str, Any] = {"results": False, "serializer": SignedSerializer(config["SECRET_KEY"], salt="fabclean jobs")}
    if config.get("REDIS_URL"):
        return Huey("fabclean", storage_class=RedisStorage, url=config["REDIS_URL"], **options)
    url = make_url(config["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        file = Path(config["INSTANCE"]) / "jobs.db"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o600)
        return Huey("fabclean", storage_class=SqliteStorage, filename=str(file), fsync=False, cache_mb=1, **options)
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)

    def connection() -> psycopg.Connection[Any]:
        return psycopg.connect(address, options=f"-c search_path={SCHEMA}", connect_timeout=5, application_name="fabclean jobs")

    with connection() as making:
        making.autocommit = True
        making.execute("SELECT pg_advisory_lock(%s)", (MAKING,))  # until it is closed: of two that make a schema at once, one fails
        making.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        return Huey("fabclean", storage_class=PostgresStorage, connection=connection, blocking=False, **options)


class Clock(Scheduler):
    """Huey's scheduler, asking our register what is due instead of each consumer's own crontab: two would do everything twice."""

    periodic_task_seconds = TICK_SECONDS
    planned_at = 0.0

    def enqueue_periodic_tasks(self, now: datetime | None = None) -> None:
        try:
            with self.huey.inside():
                moment = clock.now()
                if not self.planned_at or time.monotonic() - self.planned_at >= PLAN_EVERY_SECONDS:
                    job_service.plan(moment)
                    self.planned_at = time.monotonic()
                for run_id in job_service.to_send(moment):
                    self.huey.enqueue(self.huey.run.s(run_id))
        except Exception:
            log.exception("what is due could not be found out; it will be tried again")


class Workers(Consumer):
    scheduler_class = Clock
    takes_signals = True  # not beside requests, where gunicorn has its own

    def _set_signal_handlers(self) -> None:
        if self.takes_signals:
            super()._set_signal_handlers()


def consumer(config: Mapping[str, Any], inside: Inside, *, threads: int = THREADS, takes_signals: bool = True) -> Workers:
    """Whoever plans, and does what is due; as many of them as one likes, on as many machines."""
    huey = make(config)
    owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"

    def run(run_id: int) -> None:
        with inside():
            job_service.execute(run_id, owner=owner)

    huey.run, huey.inside, huey.owner = huey.task(name="run")(run), inside, owner
    options: dict[str, Any] = {"scheduler_interval": TICK_SECONDS, "max_delay": 1.0, "shutdown_timeout": STOP_SECONDS}
    made = Workers(huey, workers=threads, graceful_signal="TERM", **options)
    made.takes_signals = takes_signals
    return made


def release(made: Workers) -> None:
    """After it has stopped: what was not finished in time is free for the next."""
    with made.huey.inside():
        job_service.release(made.huey.owner)
