"""What is done without anybody asking for it: the one page that says what, and when.

A business's own times are local ones: 00:05 is five past midnight where it is, on every day of the year.
"""

import logging
import time
from collections.abc import Callable
from datetime import time as local
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete

from app.analytics import metric_service, week_service
from app.analytics import queries as analytics
from app.audit import chain_service
from app.backups import backup_service
from app.core import clock, idempotency
from app.core.rate_store import RateEntry
from app.core.unit_of_work import unit_of_work
from app.core.words import say
from app.identity import link_service, session_service
from app.identity.principal import Principal
from app.jobs import job_service
from app.jobs.job_service import Job
from app.jobs.lease import Running
from app.jobs.timing_rules import Daily, Every
from app.logistics import file_service, offline_service
from app.notifications import outbox_service
from app.platform import health_service
from app.platform.business_service import Installation
from app.portals.http import uploads
from app.tenancy import invoice_service, lifecycle_service, tenant_service, usage_service

WHOLE_ENOUGH = timedelta(hours=20)
KEYS_KEPT = timedelta(hours=48)
OFFLINE_KEPT = timedelta(days=15)  # a phone may send what is up to fourteen days old
UPLOADS_KEPT = timedelta(days=1)  # a phone that uploads sends what the picture proves right after it
DRAFTS_KEPT = timedelta(hours=1)
MESSAGES_KEPT = timedelta(days=30)

log = logging.getLogger("fabclean.chores")


class SomeFailed(RuntimeError):
    """The others' turn came all the same; the run is tried again for those that failed."""


class AuditBroken(RuntimeError):
    """The log says what is wrong, and `flask audit verify` does."""


def connect() -> None:
    job_service.declare(
        Job("forget", say("Forget what has expired"), forget, Every(minutes=10)),
        Job("watch-audits", say("See that nobody changed the audit"), watch_audits, Every(minutes=10)),
        Job("look-at-all", say("See how every business is"), lambda _: health_service.look_at_all(), Every(10)),
        Job("invoices", say("Draw up invoices"), lambda _: invoice_service.draw_up_due(clock.now()), Every(60)),
        Job("metrics", say("Count the figures"), count_metrics, Every(10), per_business=True),
        Job("back-up", say("Back everything up"), back_up, Daily(local(2, 30))),
        Job(
            "weekly-letter", say("Write to the administrators about last week"), write_weekly, Daily(local(7), weekday=0), per_business=True
        ),
        Job("record-usage", say("Record the day's usage"), record_usage, Daily(local(0, 5)), per_business=True),
    )


def back_up(_: Running) -> None:
    """Where it is set up, and no `flask backup watch` has done so already."""
    config = current_app.config
    if config["BACKUP_KEY"] and not backup_service.is_recent(config, WHOLE_ENOUGH):
        made = backup_service.create(config)
        if made.left_out:
            raise SomeFailed


def forget(running: Running) -> None:
    """Rows whose time is over. Deleting one twice is no harm."""
    job_service.forget(clock.now())
    with unit_of_work() as session:
        session.execute(delete(RateEntry).where(RateEntry.expires_ms <= int(time.time() * 1000)))
    _for_each(running, _forget_of)


def watch_audits(running: Running) -> None:
    _for_each(running, _watch_audit_of)


def _for_each(running: Running, work: Callable[[str], object]) -> None:
    slugs, failed = tenant_service.open_slugs(), 0
    for place, slug in enumerate(slugs, 1):
        try:
            work(slug)
        except Exception:  # whatever is wrong with one business, the next one's time is over too
            failed += 1
            log.exception("a business's chores failed; they will be tried again", extra={"tenant": slug})
        running.progress(place, len(slugs))
    if failed:
        raise SomeFailed


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


def _watch_audit_of(slug: str) -> None:
    """It goes on from where it was, and what is older than has to be kept is cut off."""
    lifecycle_service.ensure_data(slug)
    with tenant_service.use_tenant(slug):
        if chain_service.watch(slug).wrong is not None:
            raise AuditBroken
        since = chain_service.kept_since(clock.now(), years=current_app.config["AUDIT_YEARS"])
        chain_service.cut(since, by=Principal.command_line("timetable"))


def count_metrics(running: Running) -> None:
    metric_service.count(clock.now(), tenant_service.current_business().timezone, running.progress)


def write_weekly(running: Running) -> None:
    """Every Monday. Whoever does not want it pauses the job."""
    business = tenant_service.current_business()
    week_service.send(business, post=Installation(current_app.config).post_of(business), now=clock.now())


def record_usage(running: Running) -> None:
    """Of the day that ended last where this business is, once."""
    business = tenant_service.current_business()
    lifecycle_service.ensure_data(business.slug)
    ends, _ = clock.day_around(clock.now(), business.timezone)
    day = clock.local_day(ends - timedelta(seconds=1), business.timezone)
    if not usage_service.is_recorded(business.slug, day):
        usage = analytics.usage(clock.start_of(day, business.timezone), ends)
        usage_service.record(business.slug, day, usage, plan=business.plan)
