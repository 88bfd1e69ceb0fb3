from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.extensions import db
from app.jobs.errors import RunNotFound
from app.jobs.models import EVERYWHERE, JobPause, JobRun, RunState
from app.jobs.timing_rules import RESENT_AFTER

_AT_ONCE = 400  # names in one statement


def get(run_id: int) -> JobRun:
    run = db.session.get(JobRun, run_id)
    if run is None:
        raise RunNotFound
    return run


def newest(*, tenants: Collection[str] | None = None, state: str | None = None, limit: int = 50) -> Sequence[JobRun]:
    """Without ``tenants``, everybody's."""
    runs = select(JobRun).order_by(JobRun.id.desc()).limit(limit)
    if tenants is not None:
        runs = runs.where(JobRun.tenant.in_(tenants))
    return db.session.scalars(runs if state is None else runs.where(JobRun.state == state)).all()


def newest_of_each(tenants: Collection[str]) -> dict[tuple[str, str], JobRun]:
    last = select(func.max(JobRun.id)).where(JobRun.tenant.in_(tenants)).group_by(JobRun.name, JobRun.tenant)
    return {(run.name, run.tenant): run for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(last)))}


def count_by_state(tenants: Collection[str] | None = None) -> dict[str, int]:
    counts = select(JobRun.state, func.count()).group_by(JobRun.state)
    found = db.session.execute(counts if tenants is None else counts.where(JobRun.tenant.in_(tenants))).tuples()
    return dict.fromkeys(RunState, 0) | dict(found.all())


def pauses() -> set[tuple[str, str]]:
    return {(name, tenant) for name, tenant in db.session.execute(select(JobPause.name, JobPause.tenant)).tuples()}


def known(run_keys: Sequence[str]) -> set[str]:
    parts = (run_keys[start : start + _AT_ONCE] for start in range(0, len(run_keys), _AT_ONCE))
    return {key for part in parts for key in db.session.scalars(select(JobRun.run_key).where(JobRun.run_key.in_(part)))}


def is_anything_due(now: datetime) -> bool:
    return db.session.scalar(select(JobRun.id).where(to_be_sent(now)).limit(1)) is not None


def count_begun_by_nobody(before: datetime) -> int:
    """Due since then, paused by nobody, and nobody at it."""
    late = select(func.count()).select_from(JobRun).where(startable(before))
    return db.session.scalars(late).one()


def startable(now: datetime) -> ColumnElement[bool]:
    """Its time has come, or whoever did it is gone; and nobody has paused it."""
    paused = exists().where(JobPause.name == JobRun.name, JobPause.tenant.in_((JobRun.tenant, EVERYWHERE)))
    waits = and_(JobRun.state == RunState.WAITING, JobRun.next_at <= now)
    return and_(or_(waits, and_(JobRun.state == RunState.RUNNING, JobRun.lease_until < now)), ~paused)


def to_be_sent(now: datetime) -> ColumnElement[bool]:
    """A message in a queue may be lost; sent once too often it does no harm."""
    since_its_end = and_(JobRun.state == RunState.RUNNING, JobRun.sent_at < JobRun.lease_until)
    return and_(startable(now), or_(JobRun.sent_at.is_(None), JobRun.sent_at < now - RESENT_AFTER, since_its_end))


def old(before: datetime, *, names: Collection[str] | None = None) -> ColumnElement[bool]:
    ended = and_(JobRun.state.in_((RunState.DONE, RunState.ASIDE)), JobRun.finished_at < before)
    return ended if names is None else and_(ended, JobRun.state == RunState.DONE, JobRun.name.in_(names))
