"""A SQLite database as pages: all of them, or those that are others than last time. And back."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from app.backups.errors import BadArchive
from app.core import migrations
from app.core.engine import make_engine
from app.core.frozen import bytes_of, frozen

PART = 4 * 1024 * 1024
HASH = 16
NUMBER = 4
SIZES = [2**power for power in range(9, 17)]


@dataclass
class Seen:
    """The hash of each page when it was last copied: four megabytes for a database of one gigabyte."""

    size: int = 0
    hashes: bytearray = field(default_factory=bytearray)

    def is_new(self, number: int, page: bytes) -> bool:
        digest, at = hashlib.blake2b(page, digest_size=HASH).digest(), number * HASH
        if self.hashes[at : at + HASH] == digest:
            return False
        self.hashes[at : at + HASH] = digest
        return True

    def cut(self, count: int) -> None:
        del self.hashes[count * HASH :]

    def to_dict(self) -> dict[str, Any]:
        return {"pageSize": self.size, "pages": len(self.hashes) // HASH, "root": hashlib.sha256(self.hashes).hexdigest()}


def copy_out(path: Path, seen: Seen, said: dict[str, Any]) -> Iterator[bytes]:
    """Parts of a few megabytes: the size of a page, then numbers and pages. ``said`` says what the whole is, afterwards."""
    with frozen(path) as reader, bytes_of(path) as source:
        size = reader.execute("PRAGMA page_size").fetchone()[0]
        said["revisions"] = _revisions(reader)
        if size != seen.size:
            seen.size, seen.hashes = size, bytearray()
            said["rows"] = _rows(reader)
        part, number = bytearray(size.to_bytes(NUMBER, "big")), 0
        while page := source.read(size):
            if seen.is_new(number, page):
                part += number.to_bytes(NUMBER, "big") + page
            number += 1
            if len(part) > PART:
                yield bytes(part)
                del part[NUMBER:]
        if len(part) > NUMBER:
            yield bytes(part)
        seen.cut(number)
        said.update(seen.to_dict())


def _revisions(reader: Any) -> dict[str, str]:
    known = {name for (name,) in reader.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'alembic_version_%'")}
    chains = [chain for chain in migrations.CHAINS if f"alembic_version_{chain}" in known]
    return {chain: reader.execute(f"SELECT version_num FROM alembic_version_{chain}").fetchone()[0] for chain in chains}  # noqa: S608


def _rows(reader: Any) -> dict[str, int]:
    tables = reader.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").fetchall()
    return {name: reader.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables}  # noqa: S608


def write_part(into: IO[bytes], part: bytes) -> None:
    size = int.from_bytes(part[:NUMBER], "big")
    step = size + NUMBER
    if size not in SIZES or len(part) % step != NUMBER:
        raise BadArchive("This archive has half a page in it.")
    for at in range(NUMBER, len(part), step):
        into.seek(int.from_bytes(part[at : at + NUMBER], "big") * size)
        into.write(part[at + NUMBER : at + step])


def complete(file: Path, said: dict[str, Any]) -> None:
    """Whether what was put together is, byte for byte, what was there; and whether SQLite finds it in order."""
    found = Seen(said["pageSize"])
    with file.open("r+b") as source:
        source.truncate(said["pages"] * said["pageSize"])
        for number in range(said["pages"]):
            found.is_new(number, source.read(said["pageSize"]))
    if found.to_dict() != {key: said[key] for key in ("pageSize", "pages", "root")}:
        raise BadArchive("The database in this archive is not what was copied.")
    engine = make_engine(f"sqlite:///{file}", pool=False)
    try:
        with engine.connect() as connection:
            answer = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            rows = {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() for name in said.get("rows", {})}  # noqa: S608
    finally:
        engine.dispose()
    if answer != "ok" or rows != said.get("rows", {}):
        raise BadArchive(f"SQLite does not find the database in this archive in order: {answer}")
