"""``flask jobs …``: what is done without anybody asking, seen and steered from a shell."""

from collections.abc import Mapping
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.cli.refusing import refusals
from app.core import clock
from app.jobs import job_service, queries
from app.jobs.models import RunState
from app.tenancy import tenant_service

_tenant = click.option("--tenant", default="", help="One business's short name, of a job that each business has for itself.")
FAILED = 1


@click.group("jobs")
def jobs() -> None:
    """What is done without anybody asking: which, when, and how it went."""


@jobs.command("work")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="How many at a time.")
@with_appcontext
def work(threads: int) -> None:
    """Plan and do jobs until stopped. For installations whose servers do none themselves (FABCLEAN_JOBS_IN_SERVER=false)."""
    from app.jobs import queue  # Huey, in the one command that needs it

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    consumer = queue.consumer(app.config, app.app_context, threads=threads)
    click.echo(f"Doing jobs, {threads} at a time. Stop with Ctrl+C.", err=True)
    consumer.run()
    queue.release(consumer)


@jobs.command("list")
@click.option("--state", type=click.Choice([str(state) for state in RunState]))
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@with_appcontext
def show(state: str | None, limit: int) -> None:
    """Each job, then the newest runs: number, state, job, business, tries, and what went wrong."""
    pauses = queries.pauses()
    for job in job_service.all_jobs():
        held = sorted(tenant or "everywhere" for name, tenant in pauses if name == job.name)
        click.echo(f"{job.name:<20} {job.title}{'; paused: ' + ', '.join(held) if held else ''}")
    for run in queries.newest(state=state, limit=limit):
        click.echo(_line(run.to_dict()))
    if aside := queries.count_by_state()[RunState.ASIDE]:
        click.echo(f"{aside} put aside: `flask jobs list --state aside` shows them, `flask jobs retry NUMBER` tries one again.")


def _line(run: Mapping[str, Any]) -> str:
    progress = f" {run['done']}/{run['total']}" if run["total"] else ""
    when = run["finishedAt"] or run["startedAt"] or run["plannedFor"]
    parts = (f"{run['id']:>6}", f"{run['state'] + progress:<12}", when[:19], f"{run['job']:<20}", run["business"] or "-")
    return f"{'  '.join(parts)}  tries {run['attempts']}{'  ' + run['error'] if run['error'] else ''}"


@jobs.command("run")
@click.argument("name")
@_tenant
@with_appcontext
def run(name: str, tenant: str) -> None:
    """Do a job now, in this process, and wait for it. Of a job of each business, all of them unless one is named."""
    with refusals():
        each = job_service.find(name).per_business
        tenants = [tenant] if tenant or not each else tenant_service.open_slugs()
        if tenant:
            tenant_service.find_business(tenant)
        numbers = [job_service.ask(name, one, now=clock.now()) for one in tenants]
    for number in numbers:
        job_service.execute(number, owner="command line")
        click.echo(_line(queries.get(number).to_dict()))
    if any(queries.get(number).error for number in numbers):
        raise SystemExit(FAILED)


@jobs.command("retry")
@click.argument("number", type=int)
@with_appcontext
def retry(number: int) -> None:
    """Try again what was put aside, or what waits for its next try."""
    with refusals():
        job_service.retry(number)
    click.echo(f"{number} is tried again within seconds.")


@jobs.command("pause")
@click.argument("name")
@_tenant
@with_appcontext
def pause(name: str, tenant: str) -> None:
    """Let no run of a job begin until it is resumed."""
    with refusals():
        job_service.pause(name, tenant)
    click.echo(f"{name} is paused.")


@jobs.command("resume")
@click.argument("name")
@_tenant
@with_appcontext
def resume(name: str, tenant: str) -> None:
    """Let it begin again. What was missed meanwhile is made up for once."""
    with refusals():
        job_service.resume(name, tenant)
    click.echo(f"{name} goes on.")
