"""``flask tenants …``: businesses made, listed, suspended, exported and deleted. Which of them is served, the register says at once."""

import getpass
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from app.analytics import queries as analytics
from app.backups import backup_service
from app.cli.refusing import refusals
from app.clients.files.places import store_of
from app.core import clock, migrations
from app.core.session import CONTROL
from app.extensions import db
from app.identity.principal import Principal
from app.logistics import file_service
from app.platform import business_service
from app.platform.business_service import Installation
from app.tenancy import invoice_service, lifecycle_service, tenant_service, usage_service
from app.tenancy.home_service import Kind
from app.tenancy.plan_rules import Plan

EVERYBODY = 1_000_000
PLANS = click.Choice([str(plan) for plan in Plan])


@click.group("tenants")
def tenants() -> None:
    """Businesses on this installation, beside the first one."""


@tenants.command("provision")
@click.argument("slug")
@click.option("--name", required=True, help="What the business is called.")
@click.option("--plan", type=PLANS, required=True)
@click.option("--admin-email", required=True, help="Who gets the administrator's invitation.")
@click.option("--host", "hosts", multiple=True, help="A host name of its own; else the slug below FABCLEAN_PUBLIC_URL's host.")
@click.option(
    "--home",
    type=click.Choice([str(kind) for kind in Kind]),
    help="A file beside SQLite, a schema (default) or database beside PostgreSQL.",
)
@click.option("--currency", help="Such as EUR; else as the installation's first business. So are the next two.")
@click.option("--timezone", help="Such as Europe/Berlin.")
@click.option("--language", help="What its pages speak to whoever asks for no language of ours.")
@with_appcontext
def provision(slug: str, name: str, plan: str, admin_email: str, hosts: tuple[str, ...], home: str | None, **chosen: str | None) -> None:
    """Make a business: its database, its tables, its first store and services, and an invitation for its administrator.

    After a crash the same command again completes it. Nobody is served by it before it is complete.
    """
    with refusals():
        settings = {"name": name, "plan": plan, **chosen}
        place: dict[str, Any] = {"hosts": hosts, "kind": Kind(home) if home else None}
        business, link = business_service.provision(slug, settings, email=admin_email, **place, installation=_installation(), by=_by())
    click.echo(f"{name} is open{' at ' + str(business.public_url) if business.public_url else ''}.")
    click.echo(
        f"{admin_email} was sent this invitation, good for 7 days: {link}" if link else f"{admin_email} has accepted the invitation."
    )


def _installation() -> Installation:
    return Installation(current_app.config)


def _by() -> Principal:
    return Principal.command_line(getpass.getuser())


@tenants.command("list")
@with_appcontext
def list_tenants() -> None:
    """Each business: its short name, state, plan, name and hosts."""
    for one in lifecycle_service.everybody():
        click.echo(f"{one.slug:<24} {one.status:<10} {one.plan:<11} {one.name}  {' '.join(one.hosts)}".rstrip())


@tenants.command("usage")
@click.argument("slug", required=False)
@click.option("--days", default=31, show_default=True, help="How many, where a business is named.")
@with_appcontext
def usage(slug: str | None, days: int) -> None:
    """What each business has now, against its plan; or with a short name, what one had day by day."""
    with refusals():
        if slug is not None:
            tenant_service.find_closed(slug)
            for row in usage_service.days_of(slug, limit=days):
                click.echo(
                    f"{row.day}  staff {row.staff}  customers {row.customers}  orders {row.orders}  storage bytes {row.storage_bytes}"
                )
            return
        for one in lifecycle_service.everybody():
            click.echo(f"{one.slug:<24} {one.plan:<11} {_usage_of(one.slug)}")


def _usage_of(slug: str) -> str:
    try:
        with tenant_service.enter(tenant_service.find_closed(slug)) as business:
            begins = clock.start_of(clock.local_day(clock.now(), business.timezone).replace(day=1), business.timezone)
            return "  ".join(usage_service.against_plan(analytics.usage(begins, clock.now())))
    except Exception as failure:  # one that is half made or broken keeps nobody from seeing the others
        return f"cannot be read: {type(failure).__name__}"


@tenants.command("invoices")
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="Such as 2026-10; else the last one that is over.")
@with_appcontext
def invoices(month: datetime | None) -> None:
    """Draw up a month's invoices, as far as there are none yet, and list them. By itself that happens on the second of the next month."""
    now = clock.now()
    wanted = month.date() if month is not None else invoice_service.last_month(now)
    with refusals():
        invoice_service.draw_up_all(wanted, now)
    for one in invoice_service.find(month=wanted, limit=EVERYBODY).rows[::-1]:
        click.echo(f"{one['number']:>6}  {one['slug']:<24} {one['total']:>10.2f} {one['currency']}  {one['name']}")


@tenants.command("change")
@click.argument("slug")
@click.option("--plan", type=PLANS)
@click.option("--name")
@click.option("--language")
@click.option("--host", "hosts", multiple=True, help="One more host name; the first one given begins the links from now on.")
@with_appcontext
def change(slug: str, hosts: tuple[str, ...], **settings: str | None) -> None:
    """Another plan, name or language, and more hosts. What is there already stays, also where a plan allows less of it."""
    changes = {name: value for name, value in settings.items() if value is not None}
    with refusals():
        business_service.change(slug, changes, hosts=hosts, installation=_installation(), by=_by())
    click.echo(f"{slug} is changed.")


@tenants.command("suspend")
@click.argument("slug")
@with_appcontext
def suspend(slug: str) -> None:
    """Within seconds nobody is served by it any more, staff neither; nothing is lost."""
    with refusals():
        business_service.suspend(slug, by=_by())
    click.echo(f"{slug} is suspended.")


@tenants.command("resume")
@click.argument("slug")
@with_appcontext
def resume(slug: str) -> None:
    """Open a suspended business again, or keep one that was to be deleted."""
    with refusals():
        business_service.resume(slug, by=_by())
    click.echo(f"{slug} is open.")


@tenants.command("export")
@click.argument("slug")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new file, such as north.fabclean.")
@with_appcontext
def export(slug: str, target: Path) -> None:
    """One sealed archive with a copy of its database as it is at one moment, and every file. `flask backup restore` takes it."""
    if target.exists():
        raise click.ClickException(f"{target} is there already; name a new file.")
    with refusals():
        made = backup_service.create_file(current_app.config, slug, target)
    said = made.manifest["businesses"][slug]
    click.echo(f"{slug} is in {target}, with {said['files'] - len(said['missing'])} files.")


@tenants.command("delete")
@click.argument("slug")
@click.option("--confirm", "code", help="The code that the first step printed.")
@with_appcontext
def delete(slug: str, code: str | None) -> None:
    """In two steps: the first closes the business and prints a code, the second takes the code and removes everything for ever."""
    with refusals():
        if code is None:
            code = business_service.announce_leaving(slug, by=_by())
            click.echo(f"{slug} is closed, and nothing is deleted yet. `flask tenants resume {slug}` opens it again;")
            click.echo(f"`flask tenants delete {slug} --confirm {code}` removes its database, files and hosts for ever.")
            return
        lifecycle_service.confirm_leaving(slug, code)
        names = _names_in_bucket(slug)
        invoice_service.draw_up_last(slug, clock.now())
        lifecycle_service.remove_data(slug)
        _remove_files(slug, names)
        business_service.strike_off(slug, by=_by())
    click.echo(f"{slug} is deleted.")


def _names_in_bucket(slug: str) -> list[str]:
    """Asked while the database is there: a bucket has no folder that could be removed whole."""
    if not current_app.config["FILES_URL"] or not lifecycle_service.has_data(slug):
        return []
    with tenant_service.enter(tenant_service.find_closed(slug)):
        return file_service.all_contents()


def _remove_files(slug: str, names: list[str]) -> None:
    store, folder = store_of(current_app.config, slug), Path(current_app.config["INSTANCE"])
    for name in names:
        store.remove(name)
    for place in ("files", "drafts"):
        shutil.rmtree(folder / place / slug, ignore_errors=True)


@tenants.command("migrate-all")
@click.option("--parallel", type=click.IntRange(1, 64), default=1, show_default=True, help="How many at a time.")
@click.option("--tenant", "slugs", multiple=True, help="This business only; may be given several times.")
@with_appcontext
def migrate_all(parallel: int, slugs: tuple[str, ...]) -> None:
    """Bring every business's tables up to date. What fails is left as it was and named, and the others go on."""
    broken = 0
    with refusals(), migrations.one_at_a_time(db.engines[CONTROL]):
        migrations.upgrade(db.engines[CONTROL], CONTROL)
        for slug, failure in lifecycle_service.migrate_all(slugs, parallel=parallel):
            click.echo(f"{slug}: {failure or 'up to date'}", err=failure is not None)
            broken += failure is not None
    if broken:
        raise click.ClickException(f"{broken} could not be migrated.")
