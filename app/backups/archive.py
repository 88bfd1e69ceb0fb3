"""What is in an archive: a sealed tar file of databases and files, and at its end a page that says what has to be in it."""

import gzip
import io
import json
import re
import secrets
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from app import __version__
from app.backups.errors import BadArchive
from app.backups.sealing import Keys, Opening, Sealing, read_header
from app.clients.shelves.shelf import Shelf
from app.core import clock

FORMAT = 1
ALL = "_all"  # no business can be called that
FULL, MORE = "full", "more"
MANIFEST = "manifest.json"
NAME = re.compile(r"(\d{8}T\d{9}Z)-(_all|[a-z][a-z0-9-]{1,39})-(full|more)-([0-9a-f]{16})\.fabclean")
ENTRY = re.compile(r"([a-z][a-z0-9-]{1,39})/(?:(pages)/\d+|(rows)/([a-z_][a-z0-9_]{0,62})/\d+|(files)/([0-9a-f]{64}))")
LARGEST = 256 * 1024 * 1024  # of one entry: parts have four megabytes, and a picture has ten


@dataclass(frozen=True, order=True)
class Label:
    """What the name of an archive says. In the order of time."""

    at: datetime
    scope: str
    kind: str
    id: str
    size: int = 0

    @property
    def name(self) -> str:
        stamp = self.at.strftime("%Y%m%dT%H%M%S") + f"{self.at.microsecond // 1000:03d}Z"
        return f"{stamp}-{self.scope}-{self.kind}-{self.id}.fabclean"

    @classmethod
    def new(cls, scope: str, kind: str) -> "Label":
        return cls(clock.now(), scope, kind, secrets.token_hex(8))

    @classmethod
    def read(cls, name: str, size: int) -> "Label | None":
        if (found := NAME.fullmatch(name)) is None:
            return None
        at = datetime.strptime(found[1], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
        return cls(at, found[2], found[3], found[4], size)


def labels(shelf: Shelf) -> list[Label]:
    """Of what lies there, the oldest first. What is not ours is passed over."""
    found = (Label.read(name, size) for name, size in shelf.names().items())
    return sorted(label for label in found if label is not None)


@dataclass(frozen=True, order=True)
class Renamed(Label):
    file: str = ""

    @property
    def name(self) -> str:
        return self.file


class Writer:
    """Numbers the parts of each database. Without ``finish`` there is no archive."""

    def __init__(self, out: IO[bytes], keys: Keys, label: Label, after: str | None):
        says = {"format": FORMAT, "id": label.id, "scope": label.scope, "kind": label.kind, "at": clock.wire(label.at), "after": after}
        self._sealing = Sealing(out, keys, {**says, "version": __version__})
        # Photos do not get smaller, and a database does quickly.
        self._squeezing = gzip.GzipFile(fileobj=self._sealing, mode="wb", compresslevel=1)
        self._tar: Any = tarfile.open(fileobj=self._squeezing, mode="w|")  # noqa: SIM115
        self._count = 0

    def add(self, place: str, content: bytes | IO[bytes]) -> None:
        """A file, or a part of a database."""
        if isinstance(content, bytes):
            self._count += 1
            self._entry(f"{place}/{self._count}", io.BytesIO(content))
        else:
            self._entry(place, content)

    def _entry(self, name: str, content: IO[bytes]) -> None:
        entry = tarfile.TarInfo(name)
        content.seek(0, io.SEEK_END)
        entry.size, entry.mode = content.tell(), 0o600
        content.seek(0)
        self._tar.addfile(entry, content)
        self._tar.members = []  # it keeps one of each otherwise

    def finish(self, manifest: dict[str, Any]) -> None:
        self._entry(MANIFEST, io.BytesIO(json.dumps(manifest).encode()))
        self._tar.close()
        self._squeezing.close()
        self._sealing.finish()


@dataclass
class Entry:
    slug: str
    kind: str  # pages, rows or files
    name: str  # the table's, or the file's
    content: IO[bytes]


class Reader:
    """``entries`` to the end, and then there is a ``manifest``; before that nothing of it is worth anything."""

    def __init__(self, source: IO[bytes], keys: Keys):
        self._opening = Opening(source, keys)
        self.says = self._opening.says
        if self.says.get("format") != FORMAT:
            raise BadArchive(f"This archive was made by a newer FabClean ({self.says.get('version')}). Install that one first.")
        self.manifest: dict[str, Any] = {}

    def entries(self) -> Iterator[Entry]:
        try:
            # What may be wrong in here was sealed so by somebody who has the key.
            with io.BufferedReader(self._opening, 1024 * 1024) as opened, gzip.GzipFile(fileobj=opened) as spread:
                tar: Any
                with tarfile.open(fileobj=spread, mode="r|") as tar:
                    for entry in tar:
                        yield from self._entry(tar, entry)
                        tar.members = []
                while spread.read(1024 * 1024):
                    pass
                while opened.read(1024 * 1024):
                    pass
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as failure:
            raise BadArchive("What is in this archive cannot be read.") from failure
        if not self.manifest:
            raise BadArchive("This archive does not say what is in it.")

    def _entry(self, tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Iterator[Entry]:
        content = tar.extractfile(entry) if entry.isreg() and entry.size <= LARGEST else None
        found = ENTRY.fullmatch(entry.name)
        if content is None or self.manifest or not (found or entry.name == MANIFEST):
            raise BadArchive(f"There is something in this archive that does not belong into one: {entry.name[:100]!r}")
        if found:
            yield Entry(found[1], found[2] or found[3] or found[5], found[4] or found[6] or "", content)
        else:
            self.manifest = json.loads(content.read())


def chain(shelf: Shelf, last: Label) -> list[Label]:
    """The archives that make up a state, the full one first."""
    known, found = {label.id: label for label in labels(shelf)}, [last]
    while (after := _says(shelf, found[0])["after"]) is not None:
        if after not in known or len(found) > len(known):
            raise BadArchive(f"{last.name} needs an archive that is not here any more ({after}).")
        found.insert(0, known[after])
    return found


def _says(shelf: Shelf, label: Label) -> dict[str, Any]:
    with shelf.open(label.name) as source:
        said = read_header(source)[1]
    if (said.get("id"), said.get("scope")) != (label.id, label.scope):
        raise BadArchive(f"{label.name} has another archive's name.")
    return {"after": None, **said}


def label_inside(shelf: Shelf, name: str) -> Label:
    """Of a file that was given a name of its own: only one that is whole does without its neighbours."""
    with shelf.open(name) as source:
        said = read_header(source)[1]
    if said.get("after") is not None or not isinstance(said.get("at"), str):
        raise BadArchive(f"{name} is the rest of another archive, or damaged: its name must stay as it was.")
    try:
        return Renamed(datetime.fromisoformat(said["at"]), str(said["scope"]), FULL, str(said["id"]), file=name)
    except (ValueError, KeyError) as failure:
        raise BadArchive("The beginning of this archive is damaged.") from failure
