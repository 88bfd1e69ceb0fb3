"""Bringing archives back: first all of it is looked through and laid out beside what is there, then names are changed.

Until the names change nothing that lives was touched; and after it, what lived before is still there under another name.
"""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.audit import chain_service
from app.backups import archive, rows
from app.backups.archive import ALL, Label
from app.backups.errors import BackupError
from app.backups.sealing import Keys
from app.backups.staging import Staged, stage
from app.clients.files.places import store_of
from app.clients.shelves.shelf import Folder, Shelf, shelf_of
from app.core import clock, migrations
from app.core.actor import Actor
from app.core.engine import make_engine
from app.core.session import CONTROL
from app.core.writers_turn import turn_at
from app.extensions import db
from app.tenancy import home_service, lifecycle_service, tenant_service
from app.tenancy.home_service import Kind
from app.tenancy.tenant_service import MAIN


@dataclass
class Restored:
    label: Label
    slugs: list[str]
    left_out: dict[str, str]
    files: int = 0
    aside: list[str] = field(default_factory=list)  # what was there before, under the name it has now
    broken_audits: dict[str, str] = field(default_factory=dict)  # what was wrong with them when they were copied


def find(config: Mapping[str, Any], named: str, *, at: datetime | None = None) -> tuple[Shelf, list[Label]]:
    """``latest`` (with ``at``: of that moment), a name on the shelf, or a file. With the archives that it is the rest of."""
    if named != "latest" and Path(named).is_file():
        path = Path(named).absolute()
        shelf: Shelf = Folder(path.parent)
        label = Label.read(path.name, path.stat().st_size) or archive.label_inside(shelf, path.name)
        return shelf, archive.chain(shelf, label)
    shelf = shelf_of(config)
    known = archive.labels(shelf)
    if named == "latest":
        known = [label for label in known if label.scope == ALL and (at is None or label.at <= at)]
    else:
        known = [label for label in known if label.name == named]
    if not known:
        raise BackupError("There is no such backup: `flask backup list` shows what there is.")
    return shelf, archive.chain(shelf, known[-1])


def verify(config: Mapping[str, Any], named: str, *, at: datetime | None = None) -> tuple[list[Label], list[Staged]]:
    """All that a restore looks at, and nothing that it does."""
    shelf, labels = find(config, named, at=at)
    with _folder(config) as folder:
        return labels, stage(shelf, labels, _keys(config), folder)[0]


def restore(config: Mapping[str, Any], named: str, *, at: datetime | None = None, by: Actor) -> Restored:
    """The whole installation, on this machine or a new one. Nobody may be using it meanwhile."""
    shelf, labels = find(config, named, at=at)
    if labels[-1].scope != ALL:
        raise BackupError(f"This archive has one business only. Say which: --tenant {labels[-1].scope}")
    main = config["DATABASE_URL"]
    with _folder(config) as folder:
        staged, left_out = stage(shelf, labels, _keys(config), folder)
        if MAIN not in [one.slug for one in staged]:
            raise BackupError(f"The first business is not in this archive{': ' + left_out[MAIN] if MAIN in left_out else ''}.")
        _ensure_alone(main)
        names = {one.slug: _new_name(config, one) for one in staged if one.slug != MAIN}
        homes = {slug: str(home_service.resolve(name)) for slug, name in names.items()} | {MAIN: main}
        new = {one.slug: _prepare(one, homes[one.slug], {} if one.slug != MAIN else names) for one in staged}
        result = Restored(labels[-1], [one.slug for one in staged], left_out)
        for one in sorted(staged, key=lambda one: one.slug == MAIN):  # the register last: what it names is there then
            _take_over(config, one, new[one.slug], homes[one.slug], result)
    tenant_service.forget_remembered()
    for slug in result.slugs:
        _go_on(slug, result, by=by)
    return result


def restore_business(config: Mapping[str, Any], named: str, slug: str, *, at: datetime | None = None, by: Actor) -> Restored:
    """One business, while the others work. One that the register does not know any more is registered again."""
    if slug == MAIN:
        raise BackupError("The first business lies beside the register: restore the whole installation, without --tenant.")
    shelf, labels = find(config, named, at=at)
    if labels[-1].scope not in (ALL, slug):
        raise BackupError(f"This is an archive of {labels[-1].scope}, not of {slug}.")
    with _folder(config) as folder:
        staged, left_out = stage(shelf, labels, _keys(config), folder, only=slug)
        if not staged:
            raise BackupError(f"{slug} is not in this archive{': ' + left_out[slug] if slug in left_out else ''}.")
        result = Restored(labels[-1], [slug], {})
        with _closed(config, staged[0]) as address:
            new = _prepare(staged[0], address, {})
            _take_over(config, staged[0], new, address, result)
            _go_on(slug, result, by=by)
    return result


def _keys(config: Mapping[str, Any]) -> Keys:
    return Keys.of(config["BACKUP_KEY"])


@contextmanager
def _folder(config: Mapping[str, Any]) -> Iterator[Path]:
    """Where the data is going to be, so that nothing has to be copied at the end."""
    instance = Path(config["INSTANCE"])
    instance.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=instance, prefix=".restore-") as folder:
        yield Path(folder)


def _new_name(config: Mapping[str, Any], one: Staged) -> str:
    """Where its data goes on this machine, as the register has it: files are where this machine keeps them."""
    home = one.said["business"]["home"]
    return str(home or home_service.name_for(one.slug, Kind.FILE, Path(config["INSTANCE"])))


@contextmanager
def _closed(config: Mapping[str, Any], one: Staged) -> Iterator[str]:
    """Nobody is served by it inside; afterwards it is as open as it was."""
    known = {entry.slug: entry for entry in lifecycle_service.everybody()}.get(one.slug)
    if known is None:
        said = {key: value for key, value in one.said["business"].items() if key not in ("home", "hosts")}
        lifecycle_service.register_again(one.slug, said, hosts=one.said["business"]["hosts"], home=_new_name(config, one))
    elif known.is_open:
        lifecycle_service.suspend(one.slug)
        time.sleep(tenant_service.REMEMBERED_SECONDS)
    try:
        yield str(tenant_service.find_closed(one.slug).home.url)
    except BaseException:
        if known is None:
            lifecycle_service.strike_off(one.slug)
        raise
    else:
        if known is None or known.is_being_made:
            lifecycle_service.open_up(one.slug)
    finally:
        if known is not None and known.is_open:
            lifecycle_service.resume(one.slug)


def _prepare(one: Staged, address: str, names: Mapping[str, str]) -> str:
    """Beside whatever is there, and brought up to date. Returns what it is called until it takes over."""
    if one.on_sqlite != address.startswith("sqlite"):
        raise BackupError("An archive of SQLite cannot be restored on PostgreSQL, nor the other way round.")
    if not one.on_sqlite:
        if name := one.said["business"]["home"]:
            home_service.make(name)
        schema = f"restoring_{one.folder.parent.name.rpartition('-')[2]}_{one.slug.replace('-', '_')}"[:63]
        rows.fill(address, schema, one.folder / "rows", one.said)
        return schema
    new = f"sqlite:///{one.database}"
    if one.slug == MAIN:
        engine = make_engine(new, pool=False)
        with engine.begin() as connection:
            for slug, name in names.items():
                connection.execute(text("UPDATE control_tenant SET database_url = :name WHERE slug = :slug"), {"name": name, "slug": slug})
        engine.dispose()
    for chain in one.said["revisions"]:
        migrations.upgrade_url(new, chain)
    return str(one.database)


def _take_over(config: Mapping[str, Any], one: Staged, new: str, address: str, result: Restored) -> None:
    """Files first: they are named by what is in them, so those that are there already are the same."""
    store = store_of(config, one.slug)
    with store.held():
        for name in sorted(one.files):
            with (one.folder / "files" / name).open("rb") as content:
                store.put(name, content)
    result.files += len(one.files)
    stamp = clock.now().strftime("%Y%m%dt%H%M%S")
    if one.on_sqlite:
        path = home_service.path_of(address)
        aside = path.with_name(f"{path.name}.before-{stamp}")
        result.aside += [str(aside)] if _swap(Path(new), path, aside) else []
    else:
        schema = f"before_{stamp}_{address.partition('#')[2] or 'public'}"[:63]
        result.aside += [f'schema "{schema}"'] if rows.swap(address, new, schema) else []


def _go_on(slug: str, result: Restored, *, by: Actor) -> None:
    """The audit ends earlier than it did; that it does, and why, is its next entry."""
    with tenant_service.enter(tenant_service.find_closed(slug)):
        finding = chain_service.accept(slug, f"restored from {result.label.name}", by=by)
    if finding.wrong is not None:
        result.broken_audits[slug] = finding.wrong


def _swap(new: Path, path: Path, aside: Path) -> bool:
    """By renaming. Says whether there was an old one; its log is folded into it first, so that it is one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    shutil.move(new, beside)
    turn = turn_at(str(path))
    turn.take()  # whoever starts to write now waits
    try:
        was_there = path.exists()
        if was_there:
            _fold(path)
        for suffix in ("", "-wal", "-shm"):  # also a log whose file is gone: it must not be taken for the new one's
            if (file := path.with_name(path.name + suffix)).exists():
                file.rename(aside.with_name(aside.name + suffix))
        beside.rename(path)
        _sync(path.parent)
    finally:
        turn.give()
        beside.unlink(missing_ok=True)
    return was_there


def _fold(path: Path) -> None:
    """SQLite leaves the log behind only when nobody else has the file open, which is what we have to know as well."""
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.OperationalError as failure:
        raise BackupError(f"{path.name} is in use. Stop the server first; nothing was changed. ({failure})") from failure
    except sqlite3.DatabaseError:
        pass  # it is damaged, which may be why it is replaced: file and log are put aside as they are
    finally:
        connection.close()


def _ensure_alone(address: str) -> None:
    db.engines[CONTROL].dispose()
    db.tenant_engines.dispose()
    if address.startswith("sqlite"):
        path = home_service.path_of(address)
        if path.exists():
            _fold(path)
    elif rows.others(address):
        raise BackupError("Somebody is connected to the database: stop the server first; nothing was changed.")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
