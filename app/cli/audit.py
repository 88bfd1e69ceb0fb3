"""``flask audit …``: whether what was written down is still what was written down."""

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import with_appcontext

from app.audit import chain_service
from app.audit.chain_service import Finding, Head
from app.core import clock
from app.core.errors import DomainError
from app.identity.principal import Principal
from app.tenancy import lifecycle_service, tenant_service
from app.tenancy.tenant_service import MAIN

GOOD = "as written"
_tenants = click.option("--tenant", "slugs", multiple=True, help="This business only; may be given several times.")


@click.group("audit")
def audit() -> None:
    """The audit's chain: checked, cut off where its time is over, accepted after a restore."""


def _head(_: click.Context, __: click.Parameter, said: Sequence[str]) -> list[Head]:
    parts = [one.partition(":") for one in said]
    if not all(number.isdecimal() and len(digest) == 64 for number, _, digest in parts):
        raise click.BadParameter("a head is an entry's number, a colon and its hash, as `verify` and the log show it")
    return [Head(int(number), digest) for number, _, digest in parts]


@audit.command("verify")
@_tenants
@click.option("--head", "known", multiple=True, callback=_head, help="What the log said, NUMBER:HASH; with one --tenant.")
@with_appcontext
def verify(slugs: tuple[str, ...], known: list[Head]) -> None:
    """See that every entry is as it was written, and none is missing. Names the first that is wrong, and fails."""
    if known and len(slugs) != 1:
        raise click.UsageError("--head belongs to one business: say which with --tenant")
    broken = 0
    for slug, finding in _findings(slugs, known):
        good = finding.startswith(GOOD)
        click.echo(f"{slug}: {finding}", err=not good)
        broken += not good
    if broken:
        raise click.ClickException(f"{broken} {'is' if broken == 1 else 'are'} not as written.")


def _findings(slugs: Sequence[str], known: list[Head]) -> Iterator[tuple[str, str]]:
    for slug in slugs or [one.slug for one in lifecycle_service.everybody()]:
        try:
            with _at(slug):
                yield slug, _finding_of(slug, known)
        except click.ClickException:
            raise
        except Exception as failure:  # whatever is wrong with one, the next one is looked at
            yield slug, f"cannot be read: {type(failure).__name__}"


def _finding_of(slug: str, known: list[Head]) -> str:
    noted = chain_service.witness_of(slug)
    finding = chain_service.verify(*known, *([noted] if noted else []))
    if finding.wrong is None and (missing := chain_service.missing_guards()):
        return f"the entries are as written, but what keeps them so was removed: {', '.join(sorted(missing))}"
    return finding.wrong or _told(finding)


def _told(finding: Finding) -> str:
    return f"{GOOD}, {finding.entries} entries to {finding.head}"


@audit.command("cut")
@_tenants
@with_appcontext
def cut(slugs: tuple[str, ...]) -> None:
    """Remove entries older than FABCLEAN_AUDIT_YEARS (7). The service does so by itself; here it is done at once."""
    before = chain_service.kept_since(clock.now(), years=current_app.config["AUDIT_YEARS"])
    for slug in slugs or tenant_service.open_slugs():
        with _at(slug) as by:
            count = sum(iter(lambda: chain_service.cut(before, by=by), 0))
        click.echo(f"{slug}: {count} entries from before {before:%Y-%m-%d} were cut off.")


@audit.command("accept")
@click.option("--tenant", "slug", default=MAIN, show_default=True, help="The business's short name.")
@click.option("--because", required=True, help="Why it ends earlier than it did, or is another one: it is written into it.")
@with_appcontext
def accept(slug: str, because: str) -> None:
    """After a restore: go on from what is there now, and write down that it is so."""
    with _at(slug) as by:
        finding = chain_service.accept(slug, because, by=by)
    if finding.wrong is not None:
        raise click.ClickException(f"{slug} is broken in itself, and stays so: {finding.wrong}")
    click.echo(f"{slug}: {_told(finding)}")


@contextmanager
def _at(slug: str) -> Iterator[Principal]:
    try:
        with tenant_service.enter(tenant_service.find_closed(slug)):
            yield Principal.command_line(getpass.getuser())
    except DomainError as error:
        raise click.ClickException(error.sentence) from error
