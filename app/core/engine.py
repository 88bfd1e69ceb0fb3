"""The one place that makes engines, for requests, migrations, tests and the command line alike.

A bare ``create_engine("sqlite:///…")`` loses updates without an error (the driver begins no transaction before it reads),
so nothing else in the house calls ``create_engine``; a test says so.
"""

import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from app.core import statements, writers_turn
from app.core.writers_turn import PATIENCE_SECONDS

# Before this version two connections that write and checkpoint at once can lose the log (see docs/decisions/0003).
WAL_RESET_FIXED_IN = (3, 51, 3)
CHECKPOINT_BY_HAND = sqlite3.sqlite_version_info < WAL_RESET_FIXED_IN
WAL_KEPT_BYTES = 4 * 1024 * 1024

POSTGRES_OPTIONS = "-c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"


def driver_url(url: str) -> str:
    """Hosts hand out ``postgres://`` and ``postgresql://``; both mean psycopg 3 here."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def make_engine(url: str, *, durable: bool = True, pool: bool = True) -> Engine:
    """``durable=False`` is for counters that may be lost with the power, never for anything a person was promised."""
    if make_url(url).get_backend_name() == "sqlite":
        path = make_url(url).database
        if not path or path == ":memory:":
            raise ValueError("a database in memory is gone with the process: name a file")
        return _sqlite(lambda: path, durable=durable, pool=pool)
    return _postgresql(url, durable=durable, pool=pool)


def make_sqlite_router(path_now: Callable[[], str]) -> Engine:
    """One engine for every tenant's file: the path is read at checkout. An engine each would cost half a gigabyte at 900 tenants."""
    return _sqlite(path_now, durable=True, pool=False)


def _sqlite(path_now: Callable[[], str], *, durable: bool, pool: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        path = path_now()
        _make_private(Path(path))
        # isolation_level=None: the driver keeps its hands off BEGIN, the event below says it.
        connection = sqlite3.connect(
            path, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False, factory=writers_turn.Connection
        )
        connection.turn = writers_turn.turn_at(path)
        _keep_a_log(connection)
        # These last only as long as the connection, so every one is told.
        for pragma in (
            f"synchronous={'FULL' if durable else 'NORMAL'}",
            "foreign_keys=ON",
            f"wal_autocheckpoint={0 if CHECKPOINT_BY_HAND else 1000}",
            f"journal_size_limit={WAL_KEPT_BYTES}",  # a log that had to grow is cut back when it starts anew
        ):
            connection.execute(f"PRAGMA {pragma}").close()
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool if pool else NullPool)
    statements.listen(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Deferred transactions that read and then write fail at once with "database is locked", whatever the time-out.
        if connection.get_execution_options().get("reads", False):
            connection.exec_driver_sql("BEGIN")
        else:
            try:
                cast(writers_turn.Connection, connection.connection.driver_connection).begin_immediate()
            except sqlite3.OperationalError as failure:  # as SQLAlchemy would have said it
                raise OperationalError("BEGIN IMMEDIATE", {}, failure) from failure

    return engine


def _keep_a_log(connection: writers_turn.Connection) -> None:
    """The journal mode stays in the file. Of several that open a new one at once each would wait for the others, so they take turns."""
    if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        return
    connection.turn.take()
    try:
        connection.execute("PRAGMA journal_mode=WAL").close()
    finally:
        connection.turn.give()


def _postgresql(url: str, *, durable: bool, pool: bool) -> Engine:
    options: dict[str, Any] = {"poolclass": NullPool}
    if pool:
        options = {"pool_size": 5, "max_overflow": 10, "pool_timeout": 10, "pool_recycle": 300, "pool_pre_ping": True}
    settings = POSTGRES_OPTIONS + ("" if durable else " -c synchronous_commit=off")
    engine = create_engine(url, connect_args={"options": settings, "connect_timeout": 5, "application_name": "fabclean"}, **options)
    statements.listen(engine)
    return engine


def _make_private(path: Path) -> None:
    """Customers' data is nobody else's to read; SQLite gives the log beside it the same mode."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


class TenantEngines:
    """The engine of each database a tenant may live in: few, shared, and closed when long unused."""

    def __init__(self, path_now: Callable[[], str], at_most: int = 20):
        self._sqlite = make_sqlite_router(path_now)
        self._postgresql: OrderedDict[str, Engine] = OrderedDict()
        self._at_most = at_most
        self._lock = threading.Lock()

    def of(self, url: str) -> Engine:
        if url.startswith("sqlite"):
            return self._sqlite
        server = url.partition("#")[0]  # tenants in schemas of one database share its pool
        with self._lock:
            engine = self._postgresql.pop(server, None) or make_engine(server)
            self._postgresql[server] = engine
            while len(self._postgresql) > self._at_most:
                self._postgresql.popitem(last=False)[1].dispose()
            return engine

    def dispose(self) -> None:
        self._sqlite.dispose()
        for engine in self._postgresql.values():
            engine.dispose()


def for_reading(engine: Engine) -> Engine:
    """The same pool, in transactions that cannot write: readers on SQLite do not queue behind the writer."""
    cached: Engine | None = getattr(engine, "_fabclean_reading", None)
    if cached is None:
        options: dict[str, Any] = {"reads": True}
        if engine.dialect.name == "postgresql":
            options["postgresql_readonly"] = True
        cached = engine.execution_options(**options)
        engine._fabclean_reading = cached  # type: ignore[attr-defined]
    return cached
