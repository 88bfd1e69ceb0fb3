"""Counting tries exactly, over all worker processes, without Redis: a moving window in the control database.

Flask-Limiter finds this store by its scheme, as it finds Redis. Its connections do not wait for the disk: a count may be lost
with the power, an order may not.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits.storage import MovingWindowSupport, Storage
from sqlalchemy import Connection, Index, delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.engine import make_engine
from app.extensions import Model

SCHEME = "fabclean-sql"


class RateEntry(Model):
    """One counted try. Times are the database's, in milliseconds, so that several machines agree."""

    __tablename__ = "control_rate_entry"
    __bind_key__ = "control"
    __table_args__ = (Index("ix_control_rate_entry_key_at", "key", "at_ms"), Index("ix_control_rate_entry_expires", "expires_ms"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at_ms: Mapped[int]
    expires_ms: Mapped[int]


class SqlRateStorage(Storage, MovingWindowSupport):
    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, *, database_url: str, wrap_exceptions: bool = False, **_: float | str | bool):
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._engine = make_engine(database_url, durable=False)

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._alone_with(key) as (connection, now):
            counted = self._count(connection, key, now)
            if counted + amount > limit:
                return False
            connection.execute(delete(RateEntry).where(RateEntry.key == key, RateEntry.expires_ms <= now))
            self._add(connection, key, now, expiry, amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        with self._alone_with(key) as (connection, now):
            first = connection.scalar(select(func.min(RateEntry.at_ms)).where(RateEntry.key == key, RateEntry.expires_ms > now))
            return (now if first is None else first) / 1000, self._count(connection, key, now)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self._alone_with(key) as (connection, now):
            self._add(connection, key, now, expiry, amount)
            return self._count(connection, key, now)

    def get(self, key: str) -> int:
        with self._alone_with(key) as (connection, now):
            return self._count(connection, key, now)

    def get_expiry(self, key: str) -> float:
        with self._alone_with(key) as (connection, now):
            return (connection.scalar(select(func.max(RateEntry.expires_ms)).where(RateEntry.key == key)) or now) / 1000

    def check(self) -> bool:
        with self._engine.connect() as connection:
            connection.execute(select(1))
        return True

    def reset(self) -> int | None:
        with self._engine.begin() as connection:
            return connection.execute(delete(RateEntry)).rowcount

    def clear(self, key: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(RateEntry).where(RateEntry.key == key))

    @contextmanager
    def _alone_with(self, key: str) -> Iterator[tuple[Connection, int]]:
        """Nobody else counts this key meanwhile: SQLite has one writer, PostgreSQL a lock by name that ends with the transaction."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                yield connection, time.time_ns() // 1_000_000
                return
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7))"), {"key": key})
            yield connection, int(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp()) * 1000")) or 0)

    @staticmethod
    def _count(connection: Connection, key: str, now: int) -> int:
        counted = select(func.count()).select_from(RateEntry).where(RateEntry.key == key, RateEntry.expires_ms > now)
        return connection.scalar(counted) or 0

    @staticmethod
    def _add(connection: Connection, key: str, now: int, expiry: int, amount: int) -> None:
        entry = {"key": key, "at_ms": now, "expires_ms": now + expiry * 1000}
        connection.execute(insert(RateEntry), [entry] * amount)
