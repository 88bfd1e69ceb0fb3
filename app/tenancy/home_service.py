"""Where a business's data lies: made, brought up to date, copied and removed here. Which business has which home, the register says.

The register names a schema as ``#b_north`` and a database as ``/fabclean_north``: on the same server, with the same password. So the
server may move and its password change without a word being wrong in the register. A file is named whole.
"""

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url

from app.core import migrations
from app.core.engine import for_reading, make_engine
from app.core.session import CONTROL, Home
from app.extensions import db
from app.tenancy.errors import BadHome

LONGEST_NAME = 63  # PostgreSQL cuts off what is longer, and two long names would become one
NO_TABLES = (
    "SELECT NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
    "WHERE relkind IN ('r', 'v', 'm', 'S', 'p') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'{})"
)


class Kind(StrEnum):
    FILE = "file"
    DATABASE = "database"
    SCHEMA = "schema"


def resolve(stored: str | None) -> str | None:
    """The whole address of what the register names."""
    if stored is None or stored[:1] not in ("#", "/"):
        return stored
    control = db.engines[CONTROL].url
    return _written(control) + stored if stored[0] == "#" else _written(control.set(database=stored[1:]))


def name_for(slug: str, kind: Kind | None, folder: Path) -> str:
    """What the register is to call the home of a new business. Slugs have no underscore, so no two have the same name."""
    control = db.engines[CONTROL].url
    on_sqlite, name = control.get_backend_name() == "sqlite", slug.replace("-", "_")
    kind = kind or (Kind.FILE if on_sqlite else Kind.SCHEMA)
    if (kind == Kind.FILE) != on_sqlite or len(f"{control.database}_{name}") > LONGEST_NAME:
        raise BadHome
    if kind == Kind.FILE:
        return f"sqlite:///{(folder / 'tenants' / f'{slug}.db').resolve()}"
    return f"#b_{name}" if kind == Kind.SCHEMA else f"/{control.database}_{name}"


def is_free(stored: str) -> bool:
    """Whether nothing is there yet. An empty database or schema that the operator made beforehand will do."""
    address = str(resolve(stored))
    if address.startswith("sqlite"):
        return not path_of(address).exists()
    if stored[0] == "#":
        with _server(address) as connection:
            return bool(connection.scalar(text(NO_TABLES.format(" AND nspname = :schema")), {"schema": stored[1:]}))
    if not _database_exists(stored[1:]):
        return True
    with _server(address) as connection:
        return bool(connection.scalar(text(NO_TABLES.format(""))))


def make(stored: str) -> None:
    """As far as the migrations do not: they make the file and the schema. Twice is once."""
    if stored[0] == "/" and not _database_exists(stored[1:]):
        with _server(_control_address()) as connection:
            connection.exec_driver_sql(f"CREATE DATABASE \"{stored[1:]}\" TEMPLATE template0 ENCODING 'UTF8'")


def remove(stored: str) -> None:
    """For ever, and also what is left of it."""
    address = str(resolve(stored))
    if stored[0] in "/#":
        drop = (
            f'DROP DATABASE IF EXISTS "{stored[1:]}" WITH (FORCE)' if stored[0] == "/" else f'DROP SCHEMA IF EXISTS "{stored[1:]}" CASCADE'
        )
        with _server(_control_address()) as connection:
            connection.exec_driver_sql(drop)
        return
    path = path_of(address)
    for file in (path, *path.parent.glob(f"{path.name}-*")):  # the log, its index, and the writers' turn
        if file == path or file.name.removeprefix(path.name) in ("-wal", "-shm", "-turn", "-release"):
            file.unlink(missing_ok=True)


def migrate(address: str | None) -> None:
    if address is None:
        migrations.upgrade(db.engines[CONTROL], "tenant")
    else:
        migrations.upgrade_url(address, "tenant")


def migrate_many(addresses: Mapping[str, str | None], *, parallel: int = 1) -> Iterator[tuple[str, str | None]]:
    """Each business and what went wrong with it, or None. Whatever goes wrong with one, the others are not kept waiting by it."""
    away = {slug: address for slug, address in addresses.items() if address is not None and parallel > 1}
    for slug in (slug for slug in addresses if slug not in away):
        yield slug, _failure(addresses[slug])
    if away:
        # Processes, because Alembic keeps what it works on in one place for all threads; fresh ones, which share no connection.
        with ProcessPoolExecutor(parallel, mp_context=multiprocessing.get_context("spawn")) as pool:
            running = {pool.submit(_failure, address): slug for slug, address in away.items()}
            for done in as_completed(running):
                yield running[done], said_of(done.exception()) or done.result()


def _failure(address: str | None) -> str | None:
    try:
        migrate(address)
    except Exception as failure:  # whatever it is, the next business is somebody else's
        return said_of(failure)
    return None


def said_of(failure: BaseException | None) -> str | None:
    """On one line, and without the statement that failed: it may hold somebody's data."""
    if failure is None:
        return None
    return f"{type(failure).__name__}: {getattr(failure, 'orig', failure)}".strip().splitlines()[0]


def revision(home: Home) -> str | None:
    with _reading(home) as connection:
        return migrations.current(connection, "tenant")


def damage(home: Home) -> str | None:
    """What SQLite finds wrong with the file. PostgreSQL has checksums of its own."""
    with _reading(home) as connection:
        answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() if connection.dialect.name == "sqlite" else "ok"
        return None if answer == "ok" else str(answer)


@contextmanager
def _reading(home: Home) -> Iterator[Connection]:
    engine = for_reading(db.tenant_engines.of(home.url) if home.url else db.engines[CONTROL])
    with engine.connect() as connection:
        if home.schema:
            connection.exec_driver_sql(f'SET LOCAL search_path TO "{home.schema}"')
        yield connection


def name_of(home: Home) -> str | None:
    """As the register has it: of another machine's file there is nothing to say."""
    if home.url is None or home.url.startswith("sqlite"):
        return None
    return f"#{home.schema}" if home.schema else f"/{make_url(home.url).database}"


def path_of(address: str) -> Path:
    return Path(str(make_url(address).database))


def _control_address() -> str:
    return _written(db.engines[CONTROL].url)


def _written(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _database_exists(name: str) -> bool:
    with _server(_control_address()) as connection:
        return connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}) is not None


@contextmanager
def _server(address: str) -> Iterator[Connection]:
    """Outside any transaction, as databases are made and dropped, and for as long as that takes."""
    engine: Any = make_engine(address.partition("#")[0], pool=False)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            yield connection
    finally:
        engine.dispose()
