"""Two processes that plan and do the same jobs, as on two machines: one effect each, and nothing lost when one is killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from app.core import clock
from app.core.unit_of_work import stop_reading
from app.jobs import job_service, queries
from app.jobs.models import RunState
from tests.jobs.programs import work
from tests.support.processes import ROOT, environment, last_will, revoke
from tests.support.shop import application, settings

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 60


def wait_for(look, what):
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := (stop_reading(), look())[1]):
        assert time.monotonic() < until, what()
        time.sleep(0.1)
    return found


@contextmanager
def consumers(url, folder, count, **extra):
    notes = folder / "notes"
    notes.touch()
    env = environment(**settings(url, FABCLEAN_DISK=str(folder), **extra))
    command = [sys.executable, "-m", "tests.jobs.programs.work", str(notes)]
    with (folder / "log").open("ab") as log:
        running = [subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=env) for _ in range(count)]
    wills = [last_will(f"kill -KILL {one.pid}") for one in running]
    try:
        yield running, notes
    finally:
        for one, will in zip(running, wills, strict=True):
            one.terminate()
            one.wait(PATIENCE_SECONDS)
            revoke(will)


def each_has_one_effect(url, folder, **extra):
    with application(url, folder, **extra) as app, app.app_context(), consumers(url, folder, 2, **extra) as (running, notes):
        said = lambda: notes.read_text().split("\n")  # noqa: E731
        wait_for(lambda: sum(line.startswith("ready") for line in said()) == 2, (folder / "log").read_text)
        wait_for(lambda: queries.count_by_state()[RunState.DONE] == len(work.NAMES), lambda: f"{said()} {(folder / 'log').read_text()}")
        assert sorted(line for line in said() if line.startswith("quick")) == sorted(work.NAMES)

        work.declare()
        number = job_service.ask("slow", "", now=clock.now())
        begun = wait_for(lambda: [line for line in said() if line.startswith("begun")], said)
        os.kill(int(begun[0].split()[1]), signal.SIGKILL)
        wait_for(lambda: "ended" in said(), lambda: f"{said()} {(folder / 'log').read_text()}")
        run = wait_for(lambda: [one for one in queries.newest(state=RunState.DONE, limit=1) if one.id == number], said)[0]
        assert run.attempts == 2
        begun = [line for line in said() if line.startswith("begun")]
        assert len(set(begun)) == len(begun) == 2
        assert said().count("ended") == 1
        assert {one.pid for one in running} == {int(line.split()[1]) for line in begun}


@pytest.fixture
def jobs(monkeypatch):
    monkeypatch.setattr(job_service, "_jobs", {})


def test_beside_the_database(database_url, tmp_path, jobs):
    each_has_one_effect(database_url, tmp_path)


@pytest.mark.valkey
def test_on_valkey(sqlite_databases, valkey, tmp_path, jobs):
    each_has_one_effect(sqlite_databases.refilled(), tmp_path, REDIS_URL=valkey.url)
