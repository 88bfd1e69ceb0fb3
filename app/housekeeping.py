"""Small chores beside the requests: carry messages out, forget what has expired, and fold SQLite's log into its file.

Each worker process runs threads for them; that several do is harmless.
"""

import logging
import threading
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import delete
from sqlalchemy.engine import make_url

from app.analytics import queries as analytics
from app.core import clock, idempotency
from app.core.engine import CHECKPOINT_BY_HAND, WAL_KEPT_BYTES
from app.core.rate_store import RateEntry
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import link_service, session_service
from app.logistics import file_service, offline_service
from app.notifications import outbox_service
from app.platform import health_service
from app.portals.http import uploads, vaults
from app.tenancy import invoice_service, lifecycle_service, tenant_service, usage_service
from app.webhooks import carrier_service as webhooks

EVERY_SECONDS = 2.0
FORGET_EVERY_SECONDS = 600.0
CARRY_EVERY_SECONDS = 1.0
LOOK_EVERY_SECONDS = 60.0
MESSAGES_KEPT = timedelta(days=30)
KEYS_KEPT = timedelta(hours=48)
OFFLINE_KEPT = timedelta(days=15)  # a phone may send what is up to fourteen days old
UPLOADS_KEPT = timedelta(days=1)  # a phone that uploads sends what the picture proves right after it
DRAFTS_KEPT = timedelta(hours=1)

log = logging.getLogger("fabclean.housekeeping")


def start(app: Flask) -> None:
    threading.Thread(target=_run, args=(app,), name="housekeeping", daemon=True).start()
    threading.Thread(target=_carry_messages, args=(app,), name="messenger", daemon=True).start()


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
                    record_usage()
                    health_service.look_at_all()
                    invoice_service.draw_up_due(clock.now())
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
    return {"webhook": partial(webhooks.carry, vault=vaults.for_webhooks(), client=vaults.outbound())}


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


def forget() -> None:
    """Rows whose time is over. Deleting one twice, from two processes, is no harm."""
    with unit_of_work() as session:
        session.execute(delete(RateEntry).where(RateEntry.expires_ms <= int(time.time() * 1000)))
    for slug in tenant_service.open_slugs():
        try:
            _forget_of(slug)
        except Exception:  # whatever is wrong with one business, the next one's time is over too
            log.exception("a business's chores failed; they will be tried again", extra={"tenant": slug})


def record_usage() -> None:
    """Of the day that ended last where each business is, once it has."""
    for slug in tenant_service.open_slugs():
        try:
            _record_usage_of(slug)
        except Exception:
            log.exception("a business's usage could not be recorded; it will be tried again", extra={"tenant": slug})


def _record_usage_of(slug: str) -> None:
    lifecycle_service.ensure_data(slug)
    with tenant_service.use_tenant(slug) as business:
        ends, _ = clock.day_around(clock.now(), business.timezone)
        day = clock.local_day(ends - timedelta(seconds=1), business.timezone)
        if usage_service.is_recorded(slug, day):
            return
        usage = analytics.usage(clock.start_of(day, business.timezone), ends)
    usage_service.record(slug, day, usage, plan=business.plan)


def _forget_of(slug: str) -> None:
    lifecycle_service.ensure_data(slug)
    with tenant_service.use_tenant(slug):
        idempotency.forget_before(clock.now() - KEYS_KEPT)
        session_service.forget_expired()
        offline_service.forget_before(clock.now() - OFFLINE_KEPT)
        link_service.forget_expired()
        outbox_service.forget_before(clock.now() - MESSAGES_KEPT)
        file_service.sweep(clock.now() - UPLOADS_KEPT, store=uploads.store())
        uploads.drafts().forget_before(clock.now() - DRAFTS_KEPT)
