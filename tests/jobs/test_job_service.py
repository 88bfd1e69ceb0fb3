"""A run from its plan to its end: once, by one, tried again, put aside in the end, and never with a secret in what is kept."""

from datetime import time, timedelta

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.errors import Conflict
from app.core.unit_of_work import unit_of_work
from app.core.words import say
from app.jobs import job_service, queries
from app.jobs.errors import AlreadyToCome, NothingToRetry
from app.jobs.job_service import Job
from app.jobs.lease import LEASE, LeaseLost, Running
from app.jobs.models import JobRun, RunState
from app.jobs.timing_rules import MOST_ATTEMPTS, Daily, Every
from tests.support.shop import inside

SECRET = "postgresql://shop:hunter2@db.example/shop"


@pytest.fixture
def jobs(app, monkeypatch):
    """No jobs but those of the test; what each did."""
    monkeypatch.setattr(job_service, "_jobs", {})
    did = []

    def declare(name, work=lambda running: None, **more):
        job_service.declare(Job(name, say("A job"), lambda running: (did.append((name, running.tenant)), work(running)), **more))

    declare.did = did
    with app.app_context():
        yield declare


def later(monkeypatch, **by):
    moment = clock.now() + timedelta(**by)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def work_off(owner="one"):
    for run_id in job_service.to_send(clock.now()):
        job_service.execute(run_id, owner=owner)


def only():
    (run,) = queries.newest()
    return run


def test_each_occurrence_is_done_once_and_missed_ones_are_made_up_for_once(jobs, monkeypatch):
    jobs("chore", schedule=Every(10))
    jobs("figures", schedule=Daily(time(0, 5)), per_business=True)
    now = later(monkeypatch, days=3)  # the business was there before these occurrences
    for _ in range(3):
        job_service.plan(now)
        work_off()
    assert sorted(jobs.did) == [("chore", ""), ("figures", "main")]
    job_service.plan(later(monkeypatch, days=5))
    work_off()
    assert len(jobs.did) == 4
    assert {run.state for run in queries.newest()} == {RunState.DONE}


def test_a_new_business_owes_nothing_for_the_time_before_it(jobs):
    jobs("letter", schedule=Daily(time(0, 0)), per_business=True)
    jobs("chore", schedule=Every(60), per_business=True)
    job_service.plan(clock.now())
    assert only().name == "chore"


def test_what_fails_is_tried_again_later_each_time_and_put_aside_in_the_end(jobs, monkeypatch):
    def fail(running):
        raise ConnectionError(f"cannot connect to {SECRET}")

    jobs("mail", fail)
    job_service.ask("mail", "", now=clock.now())
    for attempt in range(1, MOST_ATTEMPTS + 1):
        work_off()
        run = only()
        assert (len(jobs.did), run.attempts) == (attempt, attempt)
        if attempt < MOST_ATTEMPTS:
            assert (run.state, job_service.to_send(clock.now())) == (RunState.WAITING, [])
            later(monkeypatch, seconds=(run.next_at - clock.now()).total_seconds())
    assert run.state == RunState.ASIDE
    assert "ConnectionError" in run.error
    assert "hunter2" not in run.error
    work_off()
    assert len(jobs.did) == MOST_ATTEMPTS
    assert job_service.retry(run.id).state == RunState.WAITING
    work_off()
    assert (len(jobs.did), only().attempts) == (MOST_ATTEMPTS + 1, 1)


def test_a_sentence_of_ours_is_kept_as_it_is(jobs):
    def refuse(running):
        raise Conflict("The printer is out of paper.")

    jobs("print", refuse)
    job_service.ask("print", "", now=clock.now())
    work_off()
    assert only().error == "The printer is out of paper."


def test_nobody_takes_what_somebody_is_at_until_they_are_gone(jobs, monkeypatch):
    held, seen = [], []

    def look(running):
        held.append(running)
        if len(held) == 1:  # meanwhile another machine looks for work, a message comes twice, and a person is impatient
            assert not job_service.execute(running.run_id, owner="two")
            assert job_service.to_send(clock.now()) == []
            with pytest.raises(AlreadyToCome):
                job_service.ask("long", "", now=clock.now())
            with pytest.raises(NothingToRetry):
                job_service.retry(running.run_id)
            running.progress(3, 10)
            assert (only().done, only().total) == (3, 10)
            later(monkeypatch, seconds=LEASE.total_seconds() + 61)
            assert job_service.to_send(clock.now()) == [running.run_id]  # silent for too long
            assert job_service.execute(running.run_id, owner="two")
            with pytest.raises(LeaseLost):
                running.progress(10, 10)
            seen.append("all of it")  # what a job raises, an assertion too, is written down and not raised

    jobs("long", look)
    job_service.ask("long", "", now=clock.now())
    work_off()
    assert seen == ["all of it"]
    run = only()
    assert (len(held), run.state, run.attempts, run.error) == (2, RunState.DONE, 2, None)


def test_what_kills_its_process_each_time_is_put_aside_too(jobs, monkeypatch):
    jobs("poison")
    job_service.ask("poison", "", now=clock.now())
    with unit_of_work() as session:
        gone = {"state": RunState.RUNNING, "owner": "gone", "attempts": MOST_ATTEMPTS, "lease_until": clock.now() - LEASE}
        session.execute(update(JobRun).values(gone))
    work_off()
    assert (jobs.did, only().state) == ([], RunState.ASIDE)


def test_a_paused_job_begins_for_nobody_or_not_for_one_business(jobs, monkeypatch):
    jobs("figures", schedule=Every(1), per_business=True)
    for tenant in ("", "main"):
        job_service.pause("figures", tenant)
        job_service.pause("figures", tenant)
        job_service.plan(later(monkeypatch, minutes=2))
        assert queries.newest() == []
        job_service.resume("figures", tenant)
    job_service.plan(clock.now())
    job_service.pause("figures", "main")
    work_off()
    assert jobs.did == []
    job_service.resume("figures", "main")
    work_off()
    assert jobs.did == [("figures", "main")]


def test_a_stopped_process_hands_on_what_it_had_begun(jobs):
    def stop(running):
        job_service.release("one")
        raise KeyboardInterrupt

    jobs("long", stop)
    number = job_service.ask("long", "", now=clock.now())
    with pytest.raises(KeyboardInterrupt):
        job_service.execute(number, owner="one")
    assert only().attempts == 0
    assert job_service.to_send(clock.now()) == [number]


def test_a_business_that_is_closed_is_owed_nothing(app, jobs):
    jobs("figures", per_business=True)
    number = job_service.ask("figures", "main", now=clock.now())
    with unit_of_work() as session:
        session.execute(update(JobRun).values(tenant="gone"))
    assert job_service.execute(number, owner="one")
    assert (jobs.did, only().state) == ([], RunState.DONE)


def test_progress_is_not_told_inside_a_unit_of_work(app):
    with inside(app), unit_of_work(), pytest.raises(RuntimeError):
        Running(1, "one", "main", clock.now()).progress(1, 2)


def test_old_runs_are_forgotten(jobs, monkeypatch):
    jobs("chore", schedule=Every(10))
    jobs("figures", schedule=Daily(time(0, 5)))
    for name in ("chore", "figures"):
        job_service.execute(job_service.ask(name, "", now=clock.now()), owner="one")
    job_service.ask("chore", "deleted", now=clock.now())
    job_service.pause("chore", "deleted")
    job_service.pause("chore", "main")
    job_service.forget(later(monkeypatch, days=3))
    assert queries.pauses() == {("chore", "main")}
    assert only().name == "figures"
    job_service.forget(later(monkeypatch, days=90))
    assert queries.newest() == []
