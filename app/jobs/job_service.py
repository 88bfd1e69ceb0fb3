"""Runs of jobs, from the moment they are planned to the moment they are done or put aside.

The register (``control_job_run``) is the truth. A queue only wakes whoever works: a message that comes twice, late or never changes
nothing, because a run is taken by one conditional UPDATE, and what nobody took is sent again.
"""

import logging
import secrets
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.errors import DomainError
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.core.words import Words
from app.extensions import db
from app.jobs import queries, timing_rules
from app.jobs.errors import AlreadyToCome, NothingToRetry, UnknownJob
from app.jobs.lease import LEASE, Running, kept_alive
from app.jobs.models import EVERYWHERE, JobPause, JobRun, RunState
from app.jobs.timing_rules import Every, Schedule
from app.tenancy import lifecycle_service, tenant_service
from app.tenancy.errors import TenantBeingMade, TenantClosed, UnknownTenant
from app.tenancy.tenant_service import MAIN

KEPT = timedelta(days=90)
KEPT_OF_FREQUENT = timedelta(days=2)
APP = Path(__file__).parents[1]
Work = Callable[[Running], object]
log = logging.getLogger("fabclean.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """``work`` may be begun twice (a machine can die in the middle of anything), so what it does twice must be as if done once."""

    name: str
    title: Words
    work: Work
    schedule: Schedule | None = None
    per_business: bool = False


_jobs: dict[str, Job] = {}


def declare(*jobs: Job) -> None:
    _jobs.update({job.name: job for job in jobs})


def all_jobs() -> list[Job]:
    return list(_jobs.values())


def find(name: str) -> Job:
    if name not in _jobs:
        raise UnknownJob
    return _jobs[name]


def plan(now: datetime) -> None:
    """Write down whatever has become due. Every scheduler does it; of each occurrence the register keeps one.

    After a time when nobody planned, the last occurrence is made up for, not every one that was missed.
    """
    businesses, pauses = tenant_service.open_businesses(), queries.pauses()
    at_home = next((business.timezone for business in businesses if business.slug == MAIN), "UTC")
    everywhere = [(EVERYWHERE, at_home, None)]
    each = [(business.slug, business.timezone, business.created_at) for business in businesses]
    wanted = {}
    for job in _jobs.values():
        for tenant, timezone, since in each if job.per_business else everywhere:
            if job.schedule is None or pauses & {(job.name, tenant), (job.name, EVERYWHERE)}:
                continue
            occurrence = job.schedule.last(now, timezone)
            # A day that was over before the business was there is nothing to make up for; a chore may begin at once.
            if since is None or since <= occurrence.at or isinstance(job.schedule, Every):
                key = f"{job.name}/{tenant}/{occurrence.name}"
                wanted[key] = _row(job.name, tenant, key, planned_for=occurrence.at, now=now)
    known = queries.known(list(wanted))
    if new := [row for key, row in wanted.items() if key not in known]:
        with unit_of_work() as session:
            session.execute(_insert(), new)


def _row(name: str, tenant: str, key: str, *, planned_for: datetime, now: datetime) -> dict[str, Any]:
    return {
        "name": name,
        "tenant": tenant,
        "run_key": key,
        "planned_for": planned_for,
        "next_at": now,
        "state": RunState.WAITING,
        "attempts": 0,
    }


def _insert() -> Any:
    """What another scheduler was first to write, or what is still open from the time before, is left alone."""
    engine = db.engines[CONTROL].dialect.name
    return (sqlite.insert if engine == "sqlite" else postgresql.insert)(JobRun).on_conflict_do_nothing()


def to_send(now: datetime) -> list[int]:
    """The runs that somebody should be told of, each to one scheduler."""
    if not queries.is_anything_due(now):  # asked without the writer's lock: mostly there is nothing
        return []
    with unit_of_work() as session:
        taken = update(JobRun).where(queries.to_be_sent(now)).values(sent_at=now).returning(JobRun.id)
        return list(session.scalars(taken.execution_options(synchronize_session=False)))


def execute(run_id: int, *, owner: str) -> bool:
    """Do it, if it is still to be done and nobody else is at it. Says whether it was."""
    run = _claim(run_id, owner)
    if run is None:
        return False
    try:
        with kept_alive(run.id, owner):
            _work(run, Running(run.id, owner, run.tenant, run.planned_for))
    except Exception as failure:  # whatever it is, it is written down, and the next run is another's
        log.exception("a job failed", extra={"job": run.name, "tenant": run.tenant, "attempt": run.attempts})
        _failed(run, owner, said(failure))
    else:
        _end(run, owner, {"state": RunState.DONE, "error": None})
    return True


def _claim(run_id: int, owner: str) -> JobRun | None:
    now = clock.now()
    begun = {"started_at": now, "attempts": JobRun.attempts + 1, "done": None, "total": None}
    taken = {"state": RunState.RUNNING, "owner": owner, "lease_until": now + LEASE, **begun}
    with unit_of_work() as session:
        mine = update(JobRun).where(JobRun.id == run_id, queries.startable(now)).values(taken)
        if session.affected(mine.execution_options(synchronize_session=False)) == 0:
            return None
    run = queries.get(run_id)
    db.session.expunge(run)  # the work ahead ends this session
    if run.attempts > timing_rules.MOST_ATTEMPTS:  # it never got as far as failing
        _failed(run, owner, "The process that did it ended in the middle, each time.")
        return None
    return run


def _work(run: JobRun, running: Running) -> None:
    job = find(run.name)
    if not run.tenant:
        job.work(running)
        return
    try:
        business = tenant_service.find_business(run.tenant)
    except (UnknownTenant, TenantClosed, TenantBeingMade):
        return  # nobody is served by it, so nothing is owed to anybody
    with tenant_service.enter(business):
        job.work(running)


def _failed(run: JobRun, owner: str, error: str) -> None:
    wait = timing_rules.wait_after(run.attempts)
    if wait is None:
        log.error("a job was put aside", extra={"job": run.name, "tenant": run.tenant, "run": run.id, "error": error})
        _end(run, owner, {"state": RunState.ASIDE, "error": error})
        return
    _write(run, owner, {"state": RunState.WAITING, "error": error, "next_at": clock.now() + wait, "sent_at": None, "owner": None})


def _end(run: JobRun, owner: str, values: Mapping[str, object]) -> None:
    _write(run, owner, {**values, "finished_at": clock.now(), "owner": None, "lease_until": None})


def _write(run: JobRun, owner: str, values: Mapping[str, object]) -> None:
    mine = update(JobRun).where(JobRun.id == run.id, JobRun.owner == owner, JobRun.attempts == run.attempts).values(values)
    with unit_of_work() as session:
        if session.affected(mine.execution_options(synchronize_session=False)) == 0:
            log.warning("somebody else has taken over this job", extra={"job": run.name, "run": run.id})


def said(failure: BaseException) -> str:
    """What is kept of a failure: our own sentences, and of others only where it happened. Their words may hold addresses and passwords."""
    if isinstance(failure, DomainError):
        return str(failure.sentence)
    ours = [frame for frame in traceback.extract_tb(failure.__traceback__) if Path(frame.filename).is_relative_to(APP)]
    where = f" in {Path(ours[-1].filename).relative_to(APP)}:{ours[-1].lineno}" if ours else ""
    return f"{type(failure).__name__}{where}"


def ask(name: str, tenant: str, *, now: datetime) -> int:
    """Out of turn, once: the number of the run."""
    find(name)
    row = _row(name, tenant, f"{name}/{tenant}/asked-{secrets.token_hex(8)}", planned_for=now, now=now)
    with unit_of_work() as session:
        run_id = session.scalar(_insert().values(row).returning(JobRun.id))
    if run_id is None:
        raise AlreadyToCome
    return int(run_id)


def retry(run_id: int) -> JobRun:
    """From the start, and at once."""
    queries.get(run_id)
    again = {"state": RunState.WAITING, "attempts": 0, "next_at": clock.now(), "sent_at": None, "finished_at": None}
    try:
        with unit_of_work() as session:
            mine = update(JobRun).where(JobRun.id == run_id, JobRun.state.in_((RunState.ASIDE, RunState.WAITING))).values(again)
            if session.affected(mine.execution_options(synchronize_session=False)) == 0:
                raise NothingToRetry
    except IntegrityError:
        raise AlreadyToCome from None
    return queries.get(run_id)


def pause(name: str, tenant: str) -> None:
    """What runs ends as it would; nothing begins. Twice is once."""
    find(name)
    if (name, tenant) not in queries.pauses():
        try:
            with unit_of_work() as session:
                session.add(JobPause(name=name, tenant=tenant, since=clock.now()))
        except IntegrityError:
            if (name, tenant) not in queries.pauses():
                raise


def resume(name: str, tenant: str) -> None:
    find(name)
    with unit_of_work() as session:
        session.execute(delete(JobPause).where(JobPause.name == name, JobPause.tenant == tenant))


def note(action: str, name: str, *, by: Actor) -> None:
    """For the audit of the business at hand. The register may lie in another database, so it is written on its own, afterwards."""
    audit_service.record(action, f"job:{name}", by=by)


def release(owner: str) -> None:
    """Whoever stops in the middle of something lets the next begin at once, and it does not count as a try."""
    now = clock.now()
    with unit_of_work() as session:
        mine = update(JobRun).where(JobRun.owner == owner, JobRun.state == RunState.RUNNING)
        session.execute(mine.values(lease_until=now - LEASE, attempts=JobRun.attempts - 1).execution_options(synchronize_session=False))


def forget(now: datetime) -> None:
    """What is old, and what belonged to a business that is deleted: the next one of that name begins with nothing."""
    known = [EVERYWHERE, *(one.slug for one in lifecycle_service.everybody())]
    frequent = [job.name for job in _jobs.values() if isinstance(job.schedule, Every)]
    with unit_of_work() as session:
        session.execute(delete(JobRun).where(queries.old(now - KEPT)).execution_options(synchronize_session=False))
        for table in (JobRun, JobPause):
            session.execute(delete(table).where(table.tenant.not_in(known)).execution_options(synchronize_session=False))
        over = queries.old(now - KEPT_OF_FREQUENT, names=frequent)
        session.execute(delete(JobRun).where(over).execution_options(synchronize_session=False))
