"""Small chores beside the requests: forget what has expired, and fold SQLite's log into its file.

Each worker process runs a thread; a lock lets one of them work at a time. It is harmless when none or several do.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import delete
from sqlalchemy.engine import make_url

from app.core import clock, idempotency
from app.core.engine import CHECKPOINT_BY_HAND
from app.core.rate_store import RateEntry
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import session_service
from app.tenancy import tenant_service

EVERY_SECONDS = 2.0
FORGET_EVERY_SECONDS = 600.0
KEYS_KEPT = timedelta(hours=48)
LARGE_LOG_BYTES = 4 * 1024 * 1024

log = logging.getLogger("fabclean.housekeeping")


def start(app: Flask) -> None:
    threading.Thread(target=_run, args=(app,), name="housekeeping", daemon=True).start()


def _run(app: Flask) -> None:
    forgot_at = time.monotonic()
    while True:
        time.sleep(EVERY_SECONDS)
        try:
            with app.app_context():
                checkpoint()
                if time.monotonic() - forgot_at > FORGET_EVERY_SECONDS:
                    forgot_at = time.monotonic()
                    forget()
        except Exception:
            log.exception("a chore failed; it will be tried again")


def checkpoint(*, larger_than: int = LARGE_LOG_BYTES) -> bool:
    """With an old SQLite library no connection may checkpoint while another commits (docs/decisions/0003), so commits never do.

    TRUNCATE takes the writer's lock first; the flock makes sure that only one process of ours tries.
    """
    url = make_url(current_app.config["DATABASE_URL"])
    if not CHECKPOINT_BY_HAND or url.get_backend_name() != "sqlite":
        return False
    database = url.database
    wal = Path(f"{database}-wal")
    if not wal.exists() or wal.stat().st_size < larger_than:
        return False
    with _only_one(Path(f"{database}-checkpoint-lock")) as mine:
        if mine:
            connection = db.engines[CONTROL].raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            finally:
                connection.close()
        return mine


def forget() -> None:
    """Rows whose time is over. Deleting one twice, from two processes, is no harm."""
    with unit_of_work() as session:
        session.execute(delete(RateEntry).where(RateEntry.expires_ms <= int(time.time() * 1000)))
    for slug in tenant_service.open_slugs():
        with tenant_service.use_tenant(slug):
            idempotency.forget_before(clock.now() - KEYS_KEPT)
            session_service.forget_expired()


@contextmanager
def _only_one(lock: Path) -> Iterator[bool]:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
