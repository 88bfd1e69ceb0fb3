"""Making archives: of everything or of one business, whole or only what came since the one before. The shop works meanwhile."""

import itertools
import logging
import sqlite3
import time
from collections.abc import Generator, Mapping
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.backups import archive, keeping_rules, pages, rows
from app.backups.archive import ALL, FULL, MORE, Label, Writer
from app.backups.errors import BackupError
from app.backups.pages import Seen
from app.backups.sealing import Keys
from app.clients.files.errors import FileGone
from app.clients.files.places import store_of
from app.clients.files.store import FileStore
from app.clients.shelves.shelf import Folder, Shelf, shelf_of
from app.core import clock
from app.core.errors import DomainError
from app.core.frozen import NeverStill, traces
from app.logistics import file_service
from app.tenancy import home_service, lifecycle_service, tenant_service
from app.tenancy.errors import UnknownTenant
from app.tenancy.lifecycle_service import Entry
from app.tenancy.tenant_service import MAIN, Business

SETTLED_NS = 2_000_000_000
Content = bytes | IO[bytes]
Contents = Generator[tuple[str, Content], None, None]

log = logging.getLogger("fabclean.backup")


@dataclass
class Known:
    """What the archives before this one have of a business already."""

    pages: Seen = field(default_factory=Seen)
    tables: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    traces: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Made:
    label: Label
    manifest: dict[str, Any]

    @property
    def left_out(self) -> dict[str, str]:
        return dict(self.manifest["leftOut"])


@dataclass
class Following:
    """Where a chain of archives has come to: each next one has only what changed."""

    scope: str = ALL
    began: datetime | None = None
    last: Label | None = None
    length: int = 0
    known: dict[str, Known] = field(default_factory=dict)


def create(config: Mapping[str, Any], slug: str | None = None) -> Made:
    """One whole archive on the shelf, and then those away whose time is over. For the command line and for scheduled jobs."""
    made = follow(config, Following(slug or ALL))
    if made is None:
        raise BackupError("There is nothing to back up yet: run `flask init-db` first.")
    prune(config)
    return made


def follow(config: Mapping[str, Any], chain: Following, *, shelf: Shelf | None = None, name: str | None = None) -> Made | None:
    """The next archive of a chain, the first of which is whole; None where nothing has changed. A failure leaves the chain as it was."""
    shelf, keys = shelf or shelf_of(config), Keys.of(config["BACKUP_KEY"])
    label = Label.new(chain.scope, MORE if chain.last else FULL)
    manifest: dict[str, Any] = {"slugs": [], "businesses": {}, "leftOut": {}}
    known = dict(chain.known)
    # Closed in any case: it stands in the middle of a business, with its files held.
    with closing(_contents(config, chain.scope, known, manifest)) as contents:
        first = next(contents, None)
        if first is not None:
            with shelf.writing(name or label.name) as out:
                writer = Writer(out, keys, label, chain.last.id if chain.last else None)
                for place, content in itertools.chain((first,), contents):
                    writer.add(place, content)
                writer.finish(manifest)
            chain.last, chain.began, chain.length = label, chain.began or label.at, chain.length + 1
    chain.known = known
    return Made(label, manifest) if first is not None else None


def create_file(config: Mapping[str, Any], slug: str, target: Path) -> Made:
    """One business in a file of any name, to take along."""
    made = follow(config, Following(slug), shelf=Folder(target.absolute().parent), name=target.name)
    if made is None or made.left_out:
        target.unlink(missing_ok=True)
        raise BackupError(f"{slug} could not be copied: {made.left_out[slug] if made else 'it has no data'}")
    return made


def is_recent(config: Mapping[str, Any], age: timedelta) -> bool:
    """Whether there is a whole archive of everything that is not older."""
    return any((label.scope, label.kind) == (ALL, FULL) and label.at > clock.now() - age for label in archive.labels(shelf_of(config)))


def prune(config: Mapping[str, Any]) -> list[Label]:
    """Away with those whose time is over."""
    shelf = shelf_of(config)
    days, weeks, months = config["BACKUP_KEEP"]
    gone = []
    for _, same in itertools.groupby(sorted(archive.labels(shelf), key=lambda label: label.scope), key=lambda label: label.scope):
        gone += keeping_rules.to_remove(sorted(same), clock.now(), days=days, weeks=weeks, months=months)
    for label in gone:
        shelf.remove(label.name)
    return gone


def _contents(config: Mapping[str, Any], scope: str, known: dict[str, Known], manifest: dict[str, Any]) -> Contents:
    """What goes into the archive, and into the manifest what it is. A broken business keeps nobody from having the others."""
    everybody = [one for one in lifecycle_service.everybody() if scope in (ALL, one.slug)]
    if not everybody:
        raise UnknownTenant
    for one in everybody:
        if one.is_being_made or (one.slug != MAIN and not lifecycle_service.has_data(one.slug)):
            continue
        manifest["slugs"].append(one.slug)
        trying = deepcopy(known.get(one.slug) or Known())
        try:
            yield from _business(config, one, trying, manifest["businesses"])
            known[one.slug] = trying
        except (DomainError, SQLAlchemyError, sqlite3.Error, psycopg.Error, NeverStill) as failure:
            known.pop(one.slug, None)  # parts of it may be in this archive, so the next one gets all of it
            manifest["leftOut"][one.slug] = f"{type(failure).__name__}: {failure}".splitlines()[0]
            log.error("a business could not be backed up", extra={"tenant": one.slug}, exc_info=failure)


def _business(config: Mapping[str, Any], one: Entry, known: Known, told: dict[str, Any]) -> Contents:
    """While the store is held nothing is taken out of it, so whatever the copy of the database names is there."""
    with tenant_service.enter(tenant_service.find_closed(one.slug)) as business:
        address, store = business.home.url or config["DATABASE_URL"], store_of(config, one.slug)
        seen_now = traces(home_service.path_of(address)) if address.startswith("sqlite") else ()
        if seen_now and seen_now == known.traces:
            return
        said: dict[str, Any] = {"business": _settings(one, business)}
        with store.held():
            changed = False
            for table, part in _database(address, known, said):
                changed = True
                yield f"{one.slug}/rows/{table}" if table else f"{one.slug}/pages", part
            names = file_service.all_contents()
            said |= {"files": len(names), "missing": []}
            for name in names:
                if name not in known.files:
                    changed = True
                    yield from _file(store, one.slug, name, known, said["missing"])
        known.traces = _settled(seen_now)
        if changed:
            told[one.slug] = said


def _database(address: str, known: Known, said: dict[str, Any]) -> Generator[tuple[str, bytes], None, None]:
    if address.startswith("sqlite"):
        yield from (("", part) for part in pages.copy_out(home_service.path_of(address), known.pages, said))
    else:
        yield from rows.copy_out(address, known.tables, said)


def _file(store: FileStore, slug: str, name: str, known: Known, missing: list[str]) -> Contents:
    """One that is gone keeps nobody from taking along the rest."""
    try:
        with store.open(name) as content:
            yield f"{slug}/files/{name}", content
        known.files.add(name)
    except FileGone:
        missing.append(name)


def _settings(one: Entry, business: Business) -> dict[str, Any]:
    said: dict[str, Any] = {"name": business.name, "plan": business.plan, "currency": business.currency, "timezone": business.timezone}
    home = home_service.name_of(business.home)
    said |= {"receipt_text": business.receipt_text}
    return said | {"language": business.language, "public_url": business.public_url, "hosts": one.hosts, "home": home}


def _settled(seen: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Of what was written just now, a second commit could leave the same trace: then it is looked at once more."""
    newest = max((moment for moment, _ in seen), default=0)
    return seen if time.time_ns() - newest > SETTLED_NS else ()
