import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext

from app.core.errors import DomainError
from app.identity import key_service
from app.identity.permissions import ALLOWED, Role
from app.identity.principal import Principal
from app.identity.scopes import ROLES, SCOPES
from app.tenancy import tenant_service
from app.tenancy.tenant_service import MAIN

_tenant = click.option("--tenant", default=MAIN, show_default=True, help="The business's short name.")


@click.group("api-key")
def api_key() -> None:
    """Keys for programs that use the API."""


@api_key.command("create")
@click.option("--name", required=True, help="What the key is for; the audit calls it so.")
@click.option("--role", type=click.Choice([str(role) for role in ROLES]), default=str(Role.MANAGER), show_default=True)
@click.option("--scopes", help=f"Some of what the role may, with commas; all of it unless said. There are: {', '.join(SCOPES)}.")
@click.option("--days", type=click.IntRange(1, key_service.LONGEST_DAYS), default=90, show_default=True, help="How long it is good.")
@_tenant
@with_appcontext
def create(name: str, role: str, scopes: str | None, days: int, tenant: str) -> None:
    """Make a key, and print it this once."""
    with _at(tenant) as by:
        chosen = scopes.replace(" ", "").split(",") if scopes is not None else key_service.scopes_within(ALLOWED[Role(role)])
        key, text = key_service.make(name, chosen, role=Role(role), days=days, by=by)
    click.echo(f"{key.name}: {', '.join(key.scopes)}; good until {key.expires_at:%Y-%m-%d}. Shown this once:", err=True)
    click.echo(text)


@api_key.command("list")
@_tenant
@with_appcontext
def show(tenant: str) -> None:
    """All keys: the part that is no secret, until when they are good, when they were last used."""
    with _at(tenant):
        for key in key_service.all_keys():
            used = key["lastUsedAt"] or "never"
            click.echo(f"{key['start']}  {key['expiresAt'][:10]}  used {used}  {key['name']}: {', '.join(key['scopes'])}")


@api_key.command("revoke")
@click.argument("start")
@_tenant
@with_appcontext
def revoke(start: str, tenant: str) -> None:
    """End the key that START is the public part of; `flask api-key list` shows it."""
    with _at(tenant) as by:
        name = key_service.revoke(key_service.find_by_prefix(start), by=by)
    click.echo(f"{name} opens nothing any more.")


@contextmanager
def _at(tenant: str) -> Iterator[Principal]:
    try:
        with tenant_service.use_tenant(tenant):
            yield Principal.command_line(getpass.getuser())
    except DomainError as error:
        raise click.ClickException(error.sentence) from error
