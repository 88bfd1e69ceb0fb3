"""Which database a statement goes to. Control tables have one home; everything else goes to the tenant in force, or nowhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, CursorResult, Engine, Executable, FromClause, LargeBinary, Table, Text, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, SessionTransaction, registry
from sqlalchemy.schema import MetaData
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.util import find_tables

from app.core.columns import BigInt
from app.core.engine import TenantEngines, for_reading, make_engine

CONTROL = "control"
SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
# Every constraint has a name: migrations can drop it, and an error can be told from another.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class NoTenant(RuntimeError):
    """Code asked for a business's data without saying which business. There is no default to fall back on."""


class WriteOutsideUnitOfWork(RuntimeError):
    """A write was tried without ``unit_of_work()``, the only place that commits."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where one tenant's tables are: a SQLite file, a PostgreSQL database, or (``…/db#schema``) a schema in one.

    Without a URL they lie beside the control tables, as the first business's do: a single shop has one file to keep.
    """

    slug: str
    url: str | None = None

    @property
    def schema(self) -> str | None:
        schema = (self.url or "").partition("#")[2]
        if schema and not SCHEMA_NAME.fullmatch(schema):
            raise ValueError(f"not a schema name: {schema!r}")
        return schema or None


_home: ContextVar[Home | None] = ContextVar("fabclean_home", default=None)


def current_home() -> Home:
    home = _home.get()
    if home is None:
        raise NoTenant("no tenant is in force: enter use_tenant() first")
    return home


def _sqlite_path() -> str:
    return str(make_url(str(current_home().url)).database)


class RoutedSession(Session):
    """A session that writes only inside a unit of work, and never speaks with two tenants."""

    writing = False

    def get_bind(
        self, mapper: Any | None = None, clause: Any | None = None, bind: Engine | Connection | None = None, **_: Any
    ) -> Engine | Connection:
        if bind is not None:
            return bind
        if isinstance(clause, UpdateBase) and not self.writing:
            raise WriteOutsideUnitOfWork("writes happen inside unit_of_work()")
        engine: Engine = self._engine_of(_tables(mapper, clause))
        if not self.writing:
            return for_reading(engine)
        first: Engine = self.info.setdefault("writes_to", engine)
        if first is not engine:
            raise RuntimeError("one unit of work, one database: a commit over two of them is not one")
        return engine

    def affected(self, statement: UpdateBase) -> int:
        """Carry out an update or delete, and say how many rows it met: the answer to "was I the one?"."""
        return cast("CursorResult[Any]", self.execute(statement)).rowcount

    def _engine_of(self, tables: list[Table]) -> Engine:
        keys = {table.metadata.info.get("bind_key") for table in tables}
        control: Engine = self._db.engines[CONTROL]
        if keys == {CONTROL}:
            return control
        if CONTROL in keys:
            raise RuntimeError("one statement over control and tenant tables: they may live in different databases")
        home = current_home()
        if self.info.setdefault("home", home) != home:
            raise RuntimeError("this session belongs to another tenant: only use_tenant() may change it")
        return self._db.tenant_engines.of(home.url) if home.url else control


def _tables(mapper: Any | None, clause: Any | None) -> list[Table]:
    source = mapper.local_table if mapper is not None else clause
    if isinstance(source, UpdateBase):
        source = source.table
    if isinstance(source, Table):
        return [source]
    parts: list[Any] = getattr(source, "get_final_froms", list)()
    return [table for part in parts for table in find_tables(part) if isinstance(table, Table)]


@event.listens_for(RoutedSession, "before_flush")
def _writes_only_in_a_unit_of_work(session: RoutedSession, *_: object) -> None:
    if not session.writing:
        raise WriteOutsideUnitOfWork("writes happen inside unit_of_work()")


@event.listens_for(RoutedSession, "after_begin")
def _choose_schema(session: RoutedSession, _: SessionTransaction, connection: Connection) -> None:
    # Pools are shared between schemas, so each transaction says which one it means; SET LOCAL ends with it. The register has its own pool.
    home = session.info.get("home")
    on_register = connection.engine.pool is session._db.engines[CONTROL].pool
    if home is not None and home.schema and not on_register and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'SET LOCAL search_path TO "{home.schema}"')


@event.listens_for(Table, "after_parent_attach")
def _strict_on_sqlite(table: Table, _: MetaData) -> None:
    # Without it SQLite stores the word "many" in a column of integers.
    if not table.name.startswith("alembic_version"):  # Alembic's own, with a VARCHAR that STRICT does not know
        table.dialect_options["sqlite"]["strict"] = True


class Model(DeclarativeBase):
    # STRICT tables know neither VARCHAR nor BIGINT, so the plain Python types mean these.
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={str: Text(), int: BigInt, bytes: LargeBinary()})


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with our engines. There is no default engine, so whatever forgets to say where fails closed."""

    def __init__(self) -> None:
        # Objects stay readable after the commit: the answer is made from what was just written, without asking again.
        super().__init__(model_class=Model, disable_autonaming=True, session_options={"class_": RoutedSession, "expire_on_commit": False})
        self.tenant_engines = TenantEngines(_sqlite_path)

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
        return make_engine(make_url(options["url"]).render_as_string(hide_password=False))

    def ask(self, table: FromClause, statement: Executable, **values: Any) -> CursorResult[Any]:
        """What nearly every request asks: a statement that was built once, with its values, past the ORM. ``table`` is one of those in
        it, and says which database is meant. It takes a fifth of the time of building and sending it afresh."""
        session = self.session()
        session.flush()
        return session.connection(bind_arguments={"clause": table}).execute(statement, values)

    @contextmanager
    def at_home(self, home: Home) -> Iterator[None]:
        """Enter a tenant. A session never outlives its tenant, so it starts and ends here."""
        if self.session.registry.has() and cast(RoutedSession, self.session()).writing:
            raise RuntimeError("a tenant cannot be entered inside unit_of_work(): what was written so far would be lost")
        self.session.remove()
        token = _home.set(home)
        try:
            yield
        finally:
            self.session.remove()
            _home.reset(token)
