"""Archives taken apart in a folder of their own, and everything in them looked at, before anything that lives is touched."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.backups import pages
from app.backups.archive import Entry, Label, Reader
from app.backups.errors import BadArchive
from app.backups.sealing import Keys
from app.clients.shelves.shelf import Shelf
from app.core import migrations

PIECE = 1024 * 1024


@dataclass
class Staged:
    """One business, laid out in ``folder``: ``database.db`` or ``rows/<table>``, and ``files/<hash>``."""

    slug: str
    folder: Path
    said: dict[str, Any] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    tables: dict[str, Any] = field(default_factory=dict)  # of the archive at hand: the hash so far

    @property
    def on_sqlite(self) -> bool:
        return "root" in self.said

    @property
    def database(self) -> Path:
        return self.folder / "database.db"


def stage(shelf: Shelf, labels: list[Label], keys: Keys, folder: Path, *, only: str | None = None) -> tuple[list[Staged], dict[str, str]]:
    """Each business as it was when the last of these archives was made, and those that could not be copied then."""
    staged: dict[str, Staged] = {}
    manifest: dict[str, Any] = {}
    for label in labels:
        with shelf.open(label.name) as source:
            reader = Reader(source, keys)
            if (reader.says["id"], reader.says["scope"]) != (label.id, label.scope):
                raise BadArchive(f"{label.name} has another archive's name.")
            for entry in reader.entries():
                if only in (None, entry.slug):
                    _lay(entry, staged.setdefault(entry.slug, Staged(entry.slug, folder / entry.slug)))
        manifest = reader.manifest
        for slug, said in manifest["businesses"].items():
            if slug in staged:
                _take_in(staged[slug], said)
    found = [staged[slug] for slug in manifest["slugs"] if slug in staged and staged[slug].said]
    for one in found:
        _look_through(one)
    return found, manifest["leftOut"]


def _lay(entry: Entry, one: Staged) -> None:
    if entry.kind == "pages":
        one.folder.mkdir(mode=0o700, exist_ok=True)
        one.database.touch(0o600)
        with one.database.open("r+b") as out:
            pages.write_part(out, entry.content.read())
        return
    into = one.folder / entry.kind / entry.name
    into.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if entry.kind == "files":
        digest = _copy(entry, into, hashlib.sha256(), "wb").hexdigest()
        if digest != entry.name:
            raise BadArchive(f"A file in this archive is not the one it is called ({entry.name}).")
        one.files.add(entry.name)
        return
    is_first = entry.name not in one.tables
    _copy(entry, into, one.tables.setdefault(entry.name, hashlib.sha256()), "wb" if is_first else "ab")


def _copy(entry: Entry, into: Path, digest: Any, mode: str) -> Any:
    with into.open(mode) as out:
        while piece := entry.content.read(PIECE):
            digest.update(piece)
            out.write(piece)
    return digest


def _take_in(one: Staged, said: dict[str, Any]) -> None:
    """What this archive says of the business, once its parts are known to be those it says."""
    claimed = {table: parts["sha256"] for table, parts in said.get("tables", {}).items() if "sha256" in parts}
    if claimed != {table: digest.hexdigest() for table, digest in one.tables.items()}:
        raise BadArchive(f"The rows of {one.slug} in this archive are not what was copied.")
    one.said, one.tables = said, {}


def _look_through(one: Staged) -> None:
    for chain, revision in one.said["revisions"].items():
        if not migrations.knows(chain, revision):
            raise BadArchive(f"The tables of {one.slug} come from a newer FabClean (revision {revision}). Install that one first.")
    if len(one.files) < one.said["files"] - len(one.said["missing"]):
        raise BadArchive(f"Files of {one.slug} are not in this archive.")
    if one.on_sqlite:
        pages.complete(one.database, one.said)
        return
    for table, parts in one.said["tables"].items():
        file = one.folder / "rows" / table
        if not file.is_file() or _lines(file) != parts["rows"]:
            raise BadArchive(f"Rows of {one.slug}'s {table} are not in this archive.")


def _lines(file: Path) -> int:
    """COPY writes a row on a line, whatever is in it."""
    count = 0
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            count += piece.count(b"\n")
    return count
