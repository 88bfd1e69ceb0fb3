"""A SQLite file that stands still while it is copied, and nobody who works with it waits."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from app.core.engine import make_engine

PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.1


class NeverStill(Exception):
    """Somebody reads an old state of it all the time, so what came since cannot be copied into the file."""


@contextmanager
def frozen(path: Path) -> Iterator[sqlite3.Connection]:
    """Inside, the file alone is the whole database, as the connection sees it too. What others write meanwhile waits in the log.

    While one connection holds the writer's lock and writes nothing, another copies the log into the file (as the chore does,
    docs/decisions/0003), and a third begins to read: from the file alone, since nothing is left in the log. As long as it
    reads, SQLite lets nobody copy anything newer into the file.
    """
    engine = make_engine(f"sqlite:///{path}", pool=False)
    reading, copying = engine.raw_connection(), engine.raw_connection()
    reader = cast(sqlite3.Connection, reading.driver_connection)
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not _still(engine, reader, cast(sqlite3.Connection, copying.driver_connection)):
            if time.monotonic() > until:
                raise NeverStill(f"{path.name} was being read for {PATIENCE_SECONDS:.0f} seconds without a pause")
            time.sleep(PAUSE_SECONDS)
        yield reader
    finally:
        reader.rollback()
        reading.close()
        copying.close()
        engine.dispose()


def _still(engine: Any, reader: sqlite3.Connection, copier: sqlite3.Connection) -> bool:
    with engine.begin():  # BEGIN IMMEDIATE: nobody else writes
        busy, written, copied = copier.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if busy or written != copied:
            return False
        reader.execute("BEGIN").close()
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return True


@contextmanager
def bytes_of(path: Path) -> Iterator[IO[bytes]]:
    """Read by another process: when one of ours closes a file that SQLite has open, SQLite's locks on it are gone (its "how to
    corrupt" page, 2.2)."""
    with subprocess.Popen(["/bin/cat", str(path.absolute())], stdout=subprocess.PIPE) as reading:  # noqa: S603
        yield cast(IO[bytes], reading.stdout)
    if reading.returncode:
        raise OSError(f"{path} could not be read to its end")


def traces(path: Path) -> tuple[tuple[int, int], ...]:
    """What changes with every commit: when the file and its log were written, and how long they are."""
    found = [file.stat() for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()]
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)
