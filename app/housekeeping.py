"""Small chores beside the requests: carry messages out, and fold SQLite's log into its file. Others are jobs (``app/timetable.py``).

Each worker process runs threads for them; that several do is harmless.
"""

import logging
import threading
import time
from functools import partial
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy.engine import make_url

from app.core.engine import CHECKPOINT_BY_HAND, WAL_KEPT_BYTES
from app.core.session import CONTROL
from app.extensions import db
from app.messages import carrier_service as messages
from app.messages.message_rules import Channel
from app.notifications import outbox_service
from app.portals.http import vaults, ways
from app.tenancy import tenant_service
from app.webhooks import carrier_service as webhooks

EVERY_SECONDS = 2.0
CARRY_EVERY_SECONDS = 1.0
LOOK_EVERY_SECONDS = 60.0

log = logging.getLogger("fabclean.housekeeping")


def start(app: Flask) -> None:
    threading.Thread(target=_run, args=(app,), name="housekeeping", daemon=True).start()
    threading.Thread(target=_carry_messages, args=(app,), name="messenger", daemon=True).start()


def _run(app: Flask) -> None:
    while True:
        time.sleep(EVERY_SECONDS)
        try:
            with app.app_context():
                checkpoint()
        except Exception:
            log.exception("a chore failed; it will be tried again")


def _carry_messages(app: Flask) -> None:
    """What this process wrote goes out within a second; what is found only by looking at every business, within a minute."""
    looked_at = float("-inf")
    while True:
        time.sleep(CARRY_EVERY_SECONDS)
        try:
            with app.app_context():
                slugs = outbox_service.take_noted()
                if time.monotonic() - looked_at > LOOK_EVERY_SECONDS:
                    looked_at = time.monotonic()
                    slugs |= set(tenant_service.open_slugs())
                for slug in slugs:
                    deliver_due(slug)
        except Exception:
            log.exception("messages could not be carried; it will be tried again")


def deliver_due(slug: str) -> None:
    """The messages of one business that are due: whoever schedules jobs calls this."""
    try:
        with tenant_service.use_tenant(slug):
            outbox_service.deliver_due(carriers())
    except Exception:  # whatever is wrong with one business, the next one's messages are due too
        log.exception("a business's messages could not be carried; it will be tried again", extra={"tenant": slug})


def carriers() -> dict[str, outbox_service.Carrier]:
    """Who takes which kind of message, for the business in force."""
    to_customers = partial(messages.carry, ways=ways.ways())
    to_programs = partial(webhooks.carry, vault=vaults.for_webhooks(), client=vaults.outbound())
    return {"webhook": to_programs, **dict.fromkeys(map(str, Channel), to_customers)}


def checkpoint(*, larger_than: int = WAL_KEPT_BYTES) -> bool:
    """Copy what the log holds into the database file, while nobody commits (docs/decisions/0003).

    One connection holds the writer's lock and writes nothing; another copies. PASSIVE waits for no reader: the blocking kinds
    would keep every writer waiting as long as the slowest report runs. The next commit starts the log from its beginning.
    """
    url = make_url(current_app.config["DATABASE_URL"])
    if not CHECKPOINT_BY_HAND or url.get_backend_name() != "sqlite":
        return False
    wal = Path(f"{url.database}-wal")
    if not wal.exists() or wal.stat().st_size <= larger_than:
        return False
    with db.engines[CONTROL].begin():  # BEGIN IMMEDIATE: from here to the end of the block nobody else writes
        copier = db.engines[CONTROL].raw_connection()
        try:
            copier.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").close()
        finally:
            copier.close()
    return True
