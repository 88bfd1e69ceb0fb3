"""How long a backup and its restore take: ``python -m bench.backup --megabytes 1000 --files 200 --engine sqlite``.

Makes an installation with so much in it in a temporary folder, copies it, copies it again after one order's worth of change, and restores
it on an empty machine. Prints one table.
"""

import argparse
import os
import resource
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from sqlalchemy import insert

from app.audit.models import AuditEntry
from app.backups import backup_service, restore_service
from app.backups.backup_service import Following
from app.clients.files.places import store_of
from app.core import clock
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity.principal import Principal
from app.logistics.models import StoredFile
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.postgres import Postgres
from tests.support.shop import application, close, inside

PICTURE = 200_000


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--megabytes", type=int, default=100)
    asked.add_argument("--files", type=int, default=20, help="megabytes of pictures")
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fabclean-bench-"))
    server = Postgres(durable=True) if chosen.engine == "postgresql" else None
    databases: Databases = PostgresDatabases(server, folder) if server else SqliteDatabases(folder)
    try:
        measure(databases, folder, chosen.megabytes, chosen.files)
        print(
            f"{chosen.engine}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores, {chosen.megabytes} MB, {chosen.files} MB of files"
        )
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder)


def measure(databases: Databases, folder: Path, megabytes: int, files: int) -> None:
    extra = {"BACKUP_KEY": secrets.token_urlsafe(48), "BACKUP_URL": str(folder / "shelf")}
    with application(databases.filled(), folder / "old", **extra) as app:
        with inside(app):
            fill(megabytes)
            add_files(app.config, files)
        chain = Following()
        with app.app_context():
            timed("whole", lambda: backup_service.follow(app.config, chain))
            write_rows(1)
            timed("after one change", lambda: backup_service.follow(app.config, chain))
            timed("nothing new", lambda: backup_service.follow(app.config, chain))
        close(app)
    with application(databases.empty(), folder / "new", **extra) as app, app.app_context():
        timed("verified", lambda: restore_service.verify(app.config, "latest"))
        timed("restored on an empty machine", lambda: restore_service.restore(app.config, "latest", by=Principal.command_line("bench")))
    size = sum(file.stat().st_size for file in (folder / "shelf").iterdir())
    print(f"{'on the shelf':30} {size / 1e6:8.1f} MB")
    print(f"{'largest in memory':30} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.1f} MB")


def timed(what: str, do: Callable[[], object]) -> None:
    began = time.monotonic()
    do()
    print(f"{what:30} {time.monotonic() - began:8.2f} s", flush=True)


def fill(megabytes: int) -> None:
    for _ in range(megabytes):
        write_rows(1000)


def write_rows(count: int) -> None:
    """As much as an audited order leaves behind, about a kilobyte each, half of it as random as ids are."""
    rows = [
        {"at": clock.now(), "actor": "bench", "channel": "bench", "action": "bulk.added", "subject": f"{secrets.token_hex(200)}{'x' * 500}"}
        for _ in range(count)
    ]
    with db.engines[CONTROL].begin() as connection:
        connection.execute(insert(AuditEntry), rows)


def add_files(config: dict[str, object], megabytes: int) -> None:
    store = store_of(config, "main")
    for _ in range(megabytes * 1_000_000 // PICTURE):
        content = secrets.token_bytes(PICTURE)
        name = sha256(content).hexdigest()
        store.put(name, BytesIO(content))
        with unit_of_work() as session:
            session.add(StoredFile(id=name[:32], sha256=name, media_type="image/jpeg", size=PICTURE, created_at=clock.now()))


if __name__ == "__main__":
    main()
