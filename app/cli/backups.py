"""``flask backup …``: made, listed, looked through and brought back."""

import fcntl
import getpass
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.backups import archive, backup_service, restore_service, watch_service
from app.backups.archive import ALL, Label
from app.backups.errors import BackupError
from app.cli.refusing import refusals
from app.clients.shelves.shelf import shelf_of
from app.core import clock, migrations
from app.core.session import CONTROL
from app.extensions import db
from app.identity.principal import Principal


@click.group("backup")
def backup() -> None:
    """Sealed copies of everything, or of one business, in BACKUP_URL. BACKUP_KEY seals them."""


def _moment(_: object, __: object, given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as failure:
        raise click.BadParameter("write it as 2024-01-10T10:30, or with a zone: 2024-01-10T10:30+05:30") from failure
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


tenant = click.option("--tenant", help="One business's short name; else the whole installation.")
at = click.option("--at", callback=_moment, help="The latest made before this moment (UTC unless it says otherwise).")


@backup.command("create")
@tenant
@with_appcontext
def create(tenant: str | None) -> None:
    """Make one now. The shop may work meanwhile."""
    began = time.monotonic()
    with refusals():
        made = backup_service.create(current_app.config, tenant)
    said, left_out = made.manifest["businesses"], made.left_out
    missing = sum(len(one["missing"]) for one in said.values())
    files = sum(one["files"] for one in said.values()) - missing
    click.echo(f"{made.label.name}: {len(said)} businesses, {files} files, in {time.monotonic() - began:.1f} s.")
    if missing:
        click.echo(f"{missing} files were gone already and are not in it.", err=True)
    for slug, why in left_out.items():
        click.echo(f"{slug} could not be copied: {why}", err=True)
    if left_out:
        raise click.ClickException("Not all businesses are in it.")


@backup.command("watch")
@click.option("--every", default=20.0, show_default=True, help="Seconds between two looks.")
@click.option("--once", is_flag=True, help="Look once, for trying it out.")
@with_appcontext
def watch(every: float, once: bool) -> None:
    """Stay, and ship what changed within seconds: a whole archive a day, and in between what is new.

    What is lost with a machine is then what came in the last half minute. One of them at a time; a service manager keeps it running.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # with time to put away what it had begun
    with refusals(), _only_one():
        for made in watch_service.follow(current_app.config, every=every, once=once):
            click.echo(f"{made.label.name}: {', '.join(made.manifest['businesses'])}")
            for slug, why in made.left_out.items():
                click.echo(f"{slug} could not be copied: {why}", err=True)


@contextmanager
def _only_one() -> Iterator[None]:
    descriptor = os.open(Path(current_app.config["INSTANCE"]) / "backup.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as failure:
        raise BackupError("`flask backup watch` runs on this machine already.") from failure
    else:
        yield
    finally:
        os.close(descriptor)


@backup.command("list")
@with_appcontext
def list_backups() -> None:
    """What lies on the shelf, the oldest first. Those that only add to one before are counted with it."""
    with refusals():
        known = archive.labels(shelf_of(current_app.config))
    for number, label in enumerate(known):
        if label.kind == archive.FULL:
            added = list(_until_next_full(known[number + 1 :], label.scope))
            more = f"  and {len(added)} more until {clock.wire(added[-1].at)}" if added else ""
            click.echo(f"{label.name}  {_who(label)}  {label.size / 1e6:.1f} MB{more}")
    if not known:
        click.echo("There are no backups yet: `flask backup create` makes one.")


def _until_next_full(following: list[Label], scope: str) -> Iterator[Label]:
    for label in following:
        if label.scope == scope:
            if label.kind == archive.FULL:
                return
            yield label


def _who(label: Label) -> str:
    return "everything" if label.scope == ALL else label.scope


@backup.command("verify")
@click.argument("name", default="latest")
@at
@with_appcontext
def verify(name: str, at: datetime | None) -> None:
    """Open one (the latest, unless named), and look at everything in it as a restore would. It changes nothing."""
    began = time.monotonic()
    with refusals():
        labels, staged = restore_service.verify(current_app.config, name, at=at)
    for one in staged:
        rows = sum(one.said["rows"].values()) if "rows" in one.said else sum(table["rows"] for table in one.said.get("tables", {}).values())
        counted = f"{rows} rows" if rows else f"{one.said['pages']} pages"
        click.echo(f"{one.slug}: {counted}, {len(one.files)} files, revision {one.said['revisions']['tenant']}")
    click.echo(f"{labels[-1].name} is whole ({len(labels)} archives, {time.monotonic() - began:.1f} s).")


@backup.command("restore")
@click.argument("name")
@tenant
@at
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def restore(name: str, tenant: str | None, at: datetime | None, yes: bool) -> None:
    """Bring back the latest, one from the list, or a file. Everything is looked at first; what was there before is kept beside it."""
    what = f"the business {tenant}" if tenant else "the whole installation"
    if not yes:
        click.confirm(f"This replaces {what}. Go on?", abort=True)
    began = time.monotonic()
    with refusals():
        done = _restore(name, tenant, at)
    click.echo(f"{', '.join(done.slugs)} as of {clock.wire(done.label.at)}, {done.files} files, in {time.monotonic() - began:.1f} s.")
    for place in done.aside:
        click.echo(f"What was there before is in {place}: remove it when you are sure.")
    for slug, why in done.left_out.items():
        click.echo(f"{slug} is not in this archive: {why}", err=True)
    for slug, why in done.broken_audits.items():
        click.echo(f"The audit of {slug} was not as written when it was copied: {why}", err=True)


def _restore(name: str, tenant: str | None, at: datetime | None) -> restore_service.Restored:
    by = Principal.command_line(getpass.getuser())
    if tenant is None:
        return restore_service.restore(current_app.config, name, at=at, by=by)
    with migrations.one_at_a_time(db.engines[CONTROL]):
        return restore_service.restore_business(current_app.config, name, tenant, at=at, by=by)
