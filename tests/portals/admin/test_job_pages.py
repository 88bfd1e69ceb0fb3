"""The owner sees what is done by itself, and steers it; nobody touches another business's."""

import pytest

from app.core import clock
from app.core.words import say
from app.jobs import job_service, queries
from app.jobs.job_service import Job
from app.jobs.models import RunState
from app.jobs.timing_rules import MOST_ATTEMPTS, Every
from tests.support.shop import inside


def fail(running):
    raise TimeoutError("smtp://shop:hunter2@mail.example")


@pytest.fixture
def jobs(monkeypatch):
    declared = (Job("post", say("Deliver letters"), fail, per_business=True), Job("sweep", say("Sweep"), lambda _: None, Every(10)))
    monkeypatch.setattr(job_service, "_jobs", {job.name: job for job in declared})


def test_what_was_put_aside_is_seen_and_tried_again(app, admin, jobs, monkeypatch):
    monkeypatch.setattr(job_service.timing_rules, "WAITS", ())
    with inside(app):
        number = job_service.ask("post", "main", now=clock.now())
        job_service.execute(number, owner="one")
    page = admin.get("/admin/jobs/").text
    assert "Put aside: somebody has to look" in page
    assert "TimeoutError" in page
    assert "hunter2" not in page
    assert "Deliver letters" in page
    again = admin.post(f"/admin/jobs/runs/{number}/retry", follow_redirects=True)
    assert "It is tried again within seconds." in again.text
    with inside(app):
        assert queries.get(number).state == RunState.WAITING
    assert admin.get("/admin/jobs/live").headers["ETag"]
    assert MOST_ATTEMPTS > 3


def test_a_job_is_begun_and_paused_by_hand(app, admin, jobs):
    assert "It begins within seconds." in admin.post("/admin/jobs/post/run", follow_redirects=True).text
    assert admin.post("/admin/jobs/post/run").status_code == 409
    for name in ("post", "sweep"):
        assert "Paused" in admin.post(f"/admin/jobs/{name}/pause", follow_redirects=True).text
    with inside(app):
        assert queries.pauses() == {("post", "main"), ("sweep", "")}
    for name in ("post", "sweep"):
        admin.post(f"/admin/jobs/{name}/resume")
    assert admin.post("/admin/jobs/nonsense/pause").status_code == 404
    with inside(app):
        assert queries.pauses() == set()
    audit = admin.get("/admin/audit/").text
    assert "job:post" in audit


def test_another_business_s_runs_are_nobody_else_s(app, admin, jobs):
    with inside(app):
        number = job_service.ask("post", "north", now=clock.now())
    assert "About to run" not in admin.get("/admin/jobs/").text
    assert admin.post(f"/admin/jobs/runs/{number}/retry").status_code == 404


def test_the_command_line_shows_and_steers_too(app, jobs):
    def run(*arguments):
        return app.test_cli_runner().invoke(args=["jobs", *arguments])

    failed = run("run", "post", "--tenant", "main")
    assert failed.exit_code == 1
    assert "TimeoutError" in failed.output
    assert run("run", "sweep").exit_code == 0
    assert "post is paused." in run("pause", "post").output
    listed = run("list").output
    assert "Deliver letters; paused: everywhere" in listed
    assert "done" in listed
    assert run("retry", "1").exit_code == 0
    assert "There is no such run." in run("retry", "99").output
    assert "There is no such job." in run("resume", "nonsense").output
    assert "no such business" in run("run", "post", "--tenant", "nowhere").output
