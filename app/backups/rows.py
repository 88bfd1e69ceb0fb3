"""A PostgreSQL schema as rows: what COPY gives, table by table, all as they were at one moment. And back.

Our own, not ``pg_dump``'s: it needs no program on the machine (and none that is as new as the server), it can be laid beside the living
tables under another name, and it can leave out the tables in which nothing has changed. The tables themselves are not in it:
the migrations make them, at the revision that the archive names.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from app.backups.errors import BadArchive
from app.core import migrations
from app.core.engine import make_engine

PART = 4 * 1024 * 1024
PIECE = 256 * 1024
# A row has a new place or a new writer whenever it was changed, so a table with the same digest is the same.
VERSION = "SELECT count(*), coalesce(sum(hashtextextended(ctid::text || '/' || xmin::text, 0)), 0)::text FROM {}"
RELATIONS = (
    "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = :schema AND relkind = :kind ORDER BY relname"
)
COLUMNS = (
    "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = :table ::regclass AND attnum > 0 "
    "AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
)
FOREIGN_KEYS = (
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = :schema ::regnamespace"
)


@contextmanager
def _in_schema(engine: Engine, schema: str) -> Iterator[Connection]:
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.exec_driver_sql(f'SET LOCAL search_path TO "{schema}"')
        yield connection


def copy_out(address: str, seen: dict[str, str], said: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Tables that are others than last time, in parts of a few megabytes. ``said`` says what the whole is, afterwards."""
    base, _, schema = address.partition("#")
    engine = make_engine(base, pool=False).execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with _in_schema(engine, schema or "public") as connection:
            said["tables"], said["revisions"] = {}, revisions(connection)
            for table in _tables(connection, schema or "public"):
                rows, digest = connection.exec_driver_sql(VERSION.format(f'"{table}"')).one()
                columns = list(connection.scalars(text(COLUMNS), {"table": f'"{table}"'}))
                whole = hashlib.sha256()
                if seen.get(table) != f"{rows}/{digest}":
                    for part in _parts(connection, f'COPY "{table}" ({", ".join(columns)}) TO STDOUT'):
                        whole.update(part)
                        yield table, part
                    said["tables"][table] = {"rows": rows, "columns": columns, "sha256": whole.hexdigest()}
                else:
                    said["tables"][table] = {"rows": rows, "columns": columns}
                seen[table] = f"{rows}/{digest}"
            said["sequences"] = _sequences(connection, schema or "public")
    finally:
        engine.dispose()


def revisions(connection: Connection) -> dict[str, str]:
    found = {chain: migrations.current(connection, chain) for chain in migrations.CHAINS}
    return {chain: revision for chain, revision in found.items() if revision is not None}


def _tables(connection: Connection, schema: str) -> list[str]:
    names = connection.scalars(text(RELATIONS), {"schema": schema, "kind": "r"})
    return [name for name in names if not name.startswith("alembic_version_")]


def _parts(connection: Connection, statement: str) -> Iterator[bytes]:
    """At least one, so that a table without rows is in the archive too."""
    driver: Any = connection.connection.driver_connection
    part = bytearray()
    with driver.cursor() as cursor, cursor.copy(statement) as rows:
        for piece in rows:
            part += piece
            if len(part) > PART:
                yield bytes(part)
                part.clear()
    yield bytes(part)


def _sequences(connection: Connection, schema: str) -> dict[str, list[Any]]:
    names = connection.scalars(text(RELATIONS), {"schema": schema, "kind": "S"}).all()
    return {name: list(connection.exec_driver_sql(f'SELECT last_value, is_called FROM "{name}"').one()) for name in names}  # noqa: S608


def fill(address: str, schema: str, folder: Path, said: dict[str, Any]) -> None:
    """Into a schema of its own beside whatever is there: its tables as they were then, the rows, and all brought up to date."""
    engine = make_engine(address.partition("#")[0], pool=False)
    try:
        for chain, revision in said["revisions"].items():
            migrations.upgrade(engine, chain, revision, schema=schema)
        with _in_schema(engine, schema) as connection:
            if missing := said["tables"].keys() ^ set(_tables(connection, schema)):
                raise BadArchive(f"Not the tables of revision {said['revisions']}: {', '.join(sorted(missing))}")
            _load(connection, schema, folder, said)
        for chain in said["revisions"]:
            migrations.upgrade(engine, chain, schema=schema)
    except BaseException:
        drop(engine, schema)
        raise
    finally:
        engine.dispose()


def _load(connection: Connection, schema: str, folder: Path, said: dict[str, Any]) -> None:
    """Without its foreign keys, which are set again at the end and then hold for all rows: so tables may come in any order."""
    keys = connection.execute(text(FOREIGN_KEYS), {"schema": f'"{schema}"'}).all()
    for table, name, _ in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for table, parts in said["tables"].items():
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER; TRUNCATE "{table}"')
        _copy_in(connection, f'COPY "{table}" ({", ".join(parts["columns"])}) FROM STDIN', folder / table)
        found = connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar()  # noqa: S608
        if found != parts["rows"]:
            raise BadArchive(f"{table} has {found} rows instead of {parts['rows']}.")
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER; ANALYZE "{table}"')
    for table, name, definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for name, (value, called) in said["sequences"].items():
        connection.execute(
            text("SELECT setval(:name ::regclass, :value, :called)"), {"name": f'"{name}"', "value": value, "called": called}
        )


def _copy_in(connection: Connection, statement: str, file: Path) -> None:
    driver: Any = connection.connection.driver_connection
    with file.open("rb") as source, driver.cursor() as cursor, cursor.copy(statement) as rows:
        while piece := source.read(PIECE):
            rows.write(piece)


def swap(address: str, schema: str, aside: str) -> bool:
    """The new one under the old one's name, the old one under another, in one transaction. Says whether there was an old one.

    Whoever is in the middle of something in the old tables ends first; whoever comes after that finds the new ones.
    """
    base, _, living = address.partition("#")
    living = living or "public"
    engine = make_engine(base, pool=False)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
            tables = connection.scalars(text(RELATIONS), {"schema": living, "kind": "r"}).all()
            for table in tables:
                connection.exec_driver_sql(f'LOCK TABLE "{living}"."{table}" IN ACCESS EXCLUSIVE MODE')
            if tables:
                connection.exec_driver_sql(f'ALTER SCHEMA "{living}" RENAME TO "{aside}"')
            else:
                connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{living}"')
            connection.exec_driver_sql(f'ALTER SCHEMA "{schema}" RENAME TO "{living}"')
        return bool(tables)
    finally:
        engine.dispose()


def drop(engine: Engine, schema: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


def others(address: str) -> int:
    """How many of our own connections somebody else has to this database: a server that still runs."""
    engine = make_engine(address.partition("#")[0], pool=False)
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'fabclean' AND pid <> pg_backend_pid()"
    )
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text(question)) or 0)
    finally:
        engine.dispose()
