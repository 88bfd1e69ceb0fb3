"""Two chains of migrations: one for the control tables, one for every tenant's. The same code runs them from the command line,
in tests and at release.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, Connection, Engine, text
from sqlalchemy.types import TypeDecorator

from app.core.engine import make_engine
from app.core.session import CONTROL
from app.extensions import db

CHAINS = (CONTROL, "tenant")
FOLDER = Path(__file__).parents[2] / "migrations"
CONTROL_PREFIX = "control_"  # both chains may share a database, so a table's name tells whose it is
ADVISORY_LOCK = 0x_FAB_C1EA
RELEASE_LOCK = ADVISORY_LOCK + 1


def upgrade(engine: Engine, chain: str, revision: str = "head", *, schema: str | None = None) -> None:
    with _alone(engine, schema) as connection:
        command.upgrade(_config(chain, connection), revision)


def downgrade(engine: Engine, chain: str, revision: str = "base", *, schema: str | None = None) -> None:
    with _alone(engine, schema) as connection:
        command.downgrade(_config(chain, connection), revision)


def current(connection: Connection, chain: str) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": _version_table(chain)}).get_current_revision()


def head(chain: str) -> str | None:
    return ScriptDirectory.from_config(_config(chain)).get_current_head()


def knows(chain: str, revision: str) -> bool:
    """Whether this version of the program has ever heard of it."""
    return any(one.revision == revision for one in ScriptDirectory.from_config(_config(chain)).walk_revisions())


def drift(engine: Engine, chain: str) -> list[object]:
    """What the models say that the database does not, and the reverse."""
    with engine.connect() as connection:
        options = {"version_table": _version_table(chain), "include_name": _belongs_to(chain), "compare_type": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), _metadata(chain)))


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """A whole release: migrations, and what fills an empty database. Several instances that start together take turns at it."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            path = connection.scalar(text("SELECT file FROM pragma_database_list WHERE name = 'main'"))
        descriptor = os.open(f"{path}-release", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0; SET lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": RELEASE_LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": RELEASE_LOCK})
            connection.invalidate()  # its settings must not go back into the pool


@contextmanager
def _alone(engine: Engine, schema: str | None) -> Iterator[Connection]:
    """One transaction, so that a failed step leaves nothing behind, and one migrator, however many instances start at once."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            # Batch migrations copy a table and drop the old one; with the keys enforced the drop would take its children along.
            # The pragma is ignored inside a transaction, so it goes before.
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            try:
                with connection.begin():
                    yield connection
                    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                        raise RuntimeError(f"this migration would leave rows without their parents: {broken[:5]}")
            finally:
                driver.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
        return
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        if schema:
            connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            connection.exec_driver_sql(f'SET LOCAL search_path TO "{schema}"')
        yield connection


def _config(chain: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER / chain))
    config.attributes["connection"] = connection
    return config


def _metadata(chain: str):  # type: ignore[no-untyped-def]
    import app.models  # noqa: F401  (all tables must be known before they are compared)

    return db.metadatas[CONTROL if chain == CONTROL else None]


def _version_table(chain: str) -> str:
    return f"alembic_version_{chain}"


def _belongs_to(chain: str):  # type: ignore[no-untyped-def]
    def include(name: str | None, kind: str, _: object) -> bool:
        if kind != "table" or name is None:
            return True
        return name.startswith(CONTROL_PREFIX) == (chain == CONTROL) and not name.startswith("alembic_version_")

    return include


def run_chain(chain: str) -> None:
    """What each chain's ``env.py`` calls. ``flask db`` brings no connection of its own and gets the main database's."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run(chain, connection)
        return
    with _alone(db.engines[CONTROL], None) as own:
        _run(chain, own)


def _run(chain: str, connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=_metadata(chain),
        version_table=_version_table(chain),
        include_name=_belongs_to(chain),
        compare_type=True,
        render_as_batch=True,
        render_item=_render_item,
        # The caller's transaction is the transaction: one for the whole upgrade.
        transactional_ddl=False,
    )
    context.run_migrations()


def _render_item(kind: str, item: object, autogen: object) -> str | Literal[False]:
    """New migrations name our own column types, not what they are made of."""
    if kind != "type":
        return False
    if not isinstance(item, BigInteger | TypeDecorator):
        return False
    name = "BigInt" if isinstance(item, BigInteger) else f"{type(item).__name__}()"
    autogen.imports.add("from app.core import columns")  # type: ignore[attr-defined]
    return f"columns.{name}"


def upgrade_url(url: str, chain: str) -> None:
    """A tenant's own database, by its address."""
    base, _, schema = url.partition("#")
    engine = make_engine(base, pool=False)
    try:
        upgrade(engine, chain, schema=schema or None)
    finally:
        engine.dispose()
