"""The databases: reached, whole, at the right revision, and nobody forgotten."""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock, migrations
from app.core.engine import CHECKPOINT_BY_HAND, WAL_KEPT_BYTES, for_reading
from app.core.probe import Heartbeat
from app.core.rate_store import RateEntry
from app.core.session import CONTROL
from app.doctor.findings import Finding, fine, mend, note
from app.extensions import db
from app.jobs import queries
from app.jobs.models import RunState
from app.notifications import queries as notifications
from app.tenancy import home_service, lifecycle_service, tenant_service
from app.tenancy.lifecycle_service import Entry
from app.tenancy.tenant_service import MAIN

SKEW = timedelta(seconds=5)
LATE = timedelta(hours=1)
LONG_DUE = timedelta(minutes=15)  # a machine that has slept needs a moment
LARGE_LOG = 16 * WAL_KEPT_BYTES
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE :named ORDER BY 1"


def database(config: Mapping[str, Any]) -> Iterator[Finding]:
    """The register, without which nothing else can be looked at."""
    if (path := _file(config)) is not None and not path.exists():
        yield mend(
            "database", f"There is no database at {path}.", "`flask init-db` makes one, `flask backup restore latest` brings it back."
        )
        return
    try:
        with for_reading(db.engines[CONTROL]).connect() as connection:
            behind = [chain for chain in migrations.CHAINS if migrations.current(connection, chain) != migrations.head(chain)]
    except (SQLAlchemyError, sqlite3.Error) as failure:
        how = "Is it running, and is DATABASE_URL right?" if path is None else "Stop the service, and `flask backup restore latest`."
        yield mend("database", f"The database cannot be read: {_said(failure)}", how)
        return
    if behind:
        yield mend("database", f"The tables are not those of this version ({', '.join(behind)}).", "`flask init-db` mends that.")
    else:
        yield fine("database", "The database answers, and its tables are up to date.")


def sqlite(config: Mapping[str, Any]) -> Iterator[Finding]:
    if (path := _file(config)) is None:
        return
    with for_reading(db.engines[CONTROL]).connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode != "wal":
        yield mend("sqlite", f"The database has no log (journal mode {mode}).", "Is it on a network share? SQLite needs a disk of its own.")
    by_hand = " (an old one, so its log is folded by a chore of ours)" if CHECKPOINT_BY_HAND else ""
    yield fine("sqlite", f"SQLite {sqlite3.sqlite_version}{by_hand}.")
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > LARGE_LOG:
        said = f"The log beside the database has {log.stat().st_size / 1e6:.0f} MB: nobody folds it into the file."
        yield mend("sqlite", said, "Restart the service; if it comes back, somebody reads without an end.")


def clocks(config: Mapping[str, Any]) -> Iterator[Finding]:
    with for_reading(db.engines[CONTROL]).connect() as connection:
        if _file(config) is None:
            there = connection.scalar(select(func.clock_timestamp()))
            away = abs(there - clock.now()) if there else timedelta()
            said = f"This machine's clock and the database's are {away.total_seconds():.0f} s apart."
        else:
            last = connection.scalar(select(func.max(Heartbeat.beat_at)))
            away = max(timedelta(), last - clock.now()) if last else timedelta()
            said = f"The last sign of life is {away.total_seconds():.0f} s in the future: this machine's clock was turned back."
    if away > SKEW:
        yield mend("clock", said, "Switch on time synchronisation: timedatectl set-ntp true. Wrong times end up in orders and bills.")
    else:
        yield fine("clock", "The clock is right, as far as can be told from here.")


def businesses(config: Mapping[str, Any]) -> Iterator[Finding]:
    everybody = lifecycle_service.everybody()
    wrong = [found for one in everybody for found in _business(config, one)]
    yield from wrong
    if not wrong:
        yield fine("businesses", f"{len(everybody)} businesses are whole, and their tables are up to date.")
    yield from _strays(config, {one.slug for one in everybody})


def _business(config: Mapping[str, Any], one: Entry) -> Iterator[Finding]:
    if one.is_being_made:
        how = f"`flask tenants provision {one.slug} …` once more completes it; delete and --confirm remove it."
        yield mend("businesses", f"{one.slug} was begun and never completed.", how)
        return
    if one.slug != MAIN and not lifecycle_service.has_data(one.slug):
        yield mend(
            "businesses", f"{one.slug} is in the register, but its data is not there.", f"`flask backup restore latest --tenant {one.slug}`"
        )
        return
    try:
        with tenant_service.enter(tenant_service.find_closed(one.slug)) as business:
            revision = home_service.revision(business.home)
            broken = home_service.damage(business.home)
    except (SQLAlchemyError, sqlite3.Error) as failure:
        broken, revision = _said(failure), None
    restore = "flask backup restore latest" + (f" --tenant {one.slug}" if one.slug != MAIN else "")
    if broken:
        yield mend("businesses", f"{one.slug}'s database is damaged: {broken}", f"`{restore}`; then have the disk looked at.")
    elif revision != migrations.head("tenant"):
        how = f"`flask tenants migrate-all --tenant {one.slug}`; until then it answers 503."
        yield mend("businesses", f"{one.slug}'s tables are not those of this version ({revision}).", how)


def _strays(config: Mapping[str, Any], known: set[str]) -> Iterator[Finding]:
    if _file(config) is not None:
        folder = Path(config["INSTANCE"])
        strays = [file.name for file in folder.glob("tenants/*.db") if file.stem not in known]
        aside = [file.name for file in (*folder.glob("*.before-*"), *folder.glob("tenants/*.before-*"))]
    else:
        names = {f"b_{slug.replace('-', '_')}" for slug in known}
        with for_reading(db.engines[CONTROL]).connect() as connection:
            strays = [name for name in connection.scalars(text(SCHEMAS), {"named": r"b\_%"}) if name not in names]
            aside = list(connection.scalars(text(SCHEMAS), {"named": r"before\_%"}))
            aside += connection.scalars(text(SCHEMAS), {"named": r"restoring\_%"})
    if strays:
        yield note("businesses", f"Nobody's in the register: {', '.join(strays[:5])}", "Move it away, or restore the register.")
    if aside:
        yield note("businesses", f"What lived before a restore takes room: {', '.join(aside[:5])}", "Remove it when you are sure.")


def chores(config: Mapping[str, Any]) -> Iterator[Finding]:
    late = int((time.time() - LATE.total_seconds()) * 1000)
    with for_reading(db.engines[CONTROL]).connect() as connection:
        expired = connection.scalar(select(func.count()).select_from(RateEntry).where(RateEntry.expires_ms < late))
    if expired:
        said = f"{expired} counted tries should have been forgotten an hour ago."
        yield mend("chores", said, "Chores run beside the server: is it running, and what does its log say of housekeeping?")
    else:
        yield fine("chores", "What has expired is forgotten in time.")
    for one in lifecycle_service.everybody():
        if one.is_open:
            with tenant_service.use_tenant(one.slug):
                waiting = notifications.count_overdue(clock.now() - LATE)
            if waiting:
                yield mend(
                    "chores",
                    f"{waiting} messages of {one.slug} are an hour late.",
                    "Is the server running? Its log says why.",
                )


def jobs(config: Mapping[str, Any]) -> Iterator[Finding]:
    aside, late = queries.count_by_state()[RunState.ASIDE], queries.count_begun_by_nobody(clock.now() - LONG_DUE)
    if aside:
        said = f"{aside} runs of jobs failed six times and were put aside."
        yield mend("jobs", said, "`flask jobs list --state aside` says which and why; `flask jobs retry NUMBER` tries one again.")
    if late:
        how = "Jobs run beside the server: is it running? With FABCLEAN_JOBS_IN_SERVER=false, is `flask jobs work`?"
        yield mend("jobs", f"{late} runs of jobs are due for {LONG_DUE.seconds // 60} minutes and nobody has begun them.", how)
    for name, tenant in sorted(queries.pauses()):
        yield note("jobs", f"{name} is paused {f'for {tenant}' if tenant else 'everywhere'}.", f"`flask jobs resume {name}` lets it go on.")
    if not aside and not late:
        yield fine("jobs", "What is done without anybody asking gets done.")


def _file(config: Mapping[str, Any]) -> Path | None:
    url = config["DATABASE_URL"]
    return home_service.path_of(url) if url.startswith("sqlite") else None


def _said(failure: Exception) -> str:
    return str(getattr(failure, "orig", failure)).strip().splitlines()[0]
