"""Every engine the factory makes tells every connection what a connection forgets: durability, foreign keys, time-outs."""

import sqlite3
import stat
import threading
import time

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError, InternalError

from app.core import engine as factory
from app.core.engine import driver_url, for_reading, make_engine, make_sqlite_router
from app.core.session import CONTROL, Home
from app.extensions import db, limiter
from app.places.models import Store
from tests.support.databases import name_of, path_of

FULL, NORMAL = 2, 1


def sqlite_settings(engine: Engine) -> dict[str, object]:
    """Of a connection that has been through the pool once."""
    with engine.connect():
        pass
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "wal_autocheckpoint", "mmap_size")
    with engine.connect() as connection:
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}


def postgresql_settings(engine: Engine) -> dict[str, object]:
    with engine.connect():
        pass
    names = (
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "TimeZone",
        "synchronous_commit",
        "application_name",
    )
    with engine.connect() as connection:
        return {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names}


def expected_of_sqlite(*, durable: bool) -> dict[str, object]:
    return {
        "journal_mode": "wal", "synchronous": FULL if durable else NORMAL, "foreign_keys": 1, "busy_timeout": 15_000,
        "wal_autocheckpoint": 0 if factory.CHECKPOINT_BY_HAND else 1000, "mmap_size": 0,
    }  # fmt: skip


def expected_of_postgresql(*, durable: bool) -> dict[str, object]:
    return {
        "statement_timeout": "15s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "1min", "TimeZone": "UTC",
        "synchronous_commit": "on" if durable else "off", "application_name": "fabclean",
    }  # fmt: skip


@pytest.mark.parametrize("pool", [True, False])
@pytest.mark.parametrize("durable", [True, False])
def test_every_sqlite_connection_is_told(tmp_path, durable, pool):
    engine = make_engine(f"sqlite:///{tmp_path}/a.db", durable=durable, pool=pool)
    assert sqlite_settings(engine) == expected_of_sqlite(durable=durable)
    assert sqlite_settings(for_reading(engine)) == expected_of_sqlite(durable=durable)
    engine.dispose()


def test_every_connection_to_a_tenants_file_is_told(tmp_path):
    engine = make_sqlite_router(lambda: f"{tmp_path}/tenant.db")
    assert sqlite_settings(engine) == expected_of_sqlite(durable=True)


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize("pool", [True, False])
def test_every_postgresql_connection_is_told(postgresql_databases, durable, pool):
    url = postgresql_databases.empty()
    make_commits_wait(postgresql_databases, url)
    engine = make_engine(url, durable=durable, pool=pool)
    assert postgresql_settings(engine) == expected_of_postgresql(durable=durable)
    assert postgresql_settings(for_reading(engine)) == expected_of_postgresql(durable=durable)
    engine.dispose()
    postgresql_databases.drop(url)


def test_every_engine_of_the_application_is_told(app, databases, engine_name):
    """Also the one that Flask-SQLAlchemy made, the tenants' and the counters', which alone may forget."""
    url = app.config["DATABASE_URL"]
    settings, expected = sqlite_settings, expected_of_sqlite
    if engine_name == "postgresql":
        make_commits_wait(databases, url)
        settings, expected = postgresql_settings, expected_of_postgresql
    with app.app_context(), db.at_home(Home("main", url)):
        assert settings(db.engines[CONTROL]) == expected(durable=True)
        assert settings(db.tenant_engines.of(url)) == expected(durable=True)
    assert settings(limiter.storage._engine) == expected(durable=False)


def make_commits_wait(databases, url):
    """As on a real server. The one that tests run on is a forgetful one, unless its database says otherwise."""
    databases.server.execute(f"ALTER DATABASE {name_of(url)} SET synchronous_commit = on")


def test_refuses_a_database_in_memory():
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(ValueError, match="memory"):
            make_engine(url)


def test_a_new_file_is_nobody_elses_to_read(tmp_path):
    url = f"sqlite:///{tmp_path}/deep/down/a.db"
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER) STRICT"))
        files = list(path_of(url).parent.iterdir())
        assert len(files) == 4  # the log, its index and the writers' queue beside the file
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    engine.dispose()


def test_a_reading_transaction_cannot_write(app):
    """PostgreSQL says so. SQLite's is deferred; whatever is written in it is never committed (see test_unit_of_work)."""
    with app.app_context():
        engine = db.engines[CONTROL]
        if engine.dialect.name == "postgresql":
            with for_reading(engine).connect() as connection, pytest.raises(InternalError, match="read-only"):
                connection.execute(text("DELETE FROM store"))
        with for_reading(engine).connect() as connection:
            assert connection.scalar(select(Store.id)) == 1


def test_readers_do_not_wait_for_the_writer(app):
    with app.app_context():
        engine = db.engines[CONTROL]
    with engine.begin() as writer:
        writer.execute(text("UPDATE store SET name = 'changed'"))
        began = time.monotonic()
        with for_reading(engine).connect() as reader:
            assert reader.scalar(select(Store.name)) != "changed"
        assert time.monotonic() - began < 1


def test_a_writer_on_sqlite_has_the_lock_before_it_reads(tmp_path):
    """Also against whoever knows nothing of turns, such as a shell or a backup: from its first moment, not from its first write."""
    engine = make_engine(f"sqlite:///{tmp_path}/a.db")
    with engine.begin():
        outsider = sqlite3.connect(tmp_path / "a.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            outsider.execute("BEGIN IMMEDIATE")
        outsider.close()
    engine.dispose()


def test_a_writer_waits_for_an_outsider(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/a.db")
    engine.connect().close()
    outsider = sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)
    outsider.execute("BEGIN IMMEDIATE")
    later = threading.Timer(0.3, lambda: outsider.execute("COMMIT"))
    later.start()
    with engine.begin() as connection:
        assert connection.scalar(select(1)) == 1
        assert not outsider.in_transaction
    later.join()
    outsider.close()
    engine.dispose()


def test_a_writer_waits_for_the_one_before(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/a.db")
    order: list[str] = []

    def write(name: str, holds: float) -> None:
        with engine.begin():
            order.append(name)
            time.sleep(holds)
            order.append(name)

    threads = [threading.Thread(target=write, args=(name, 0.1)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order[0::2] == order[1::2]
    engine.dispose()


def test_a_query_without_end_is_stopped(postgresql_databases):
    url = postgresql_databases.empty()
    engine = make_engine(url)
    with engine.connect() as connection, pytest.raises(DatabaseError, match="statement timeout"):
        connection.execute(text("SET statement_timeout = 50; SELECT pg_sleep(5)"))
    engine.dispose()
    postgresql_databases.drop(url)


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_hosts_spell_the_address_differently(given):
    assert driver_url(given) == "postgresql+psycopg://u:p@h/d"


def test_tenants_on_one_server_share_a_pool_and_old_ones_are_closed(postgresql_databases):
    engines = factory.TenantEngines(lambda: "", at_most=2)
    urls = [postgresql_databases.empty() for _ in range(3)]
    first = engines.of(f"{urls[0]}#north")
    assert engines.of(f"{urls[0]}#south") is first
    engines.of(urls[1])
    engines.of(urls[2])
    assert engines.of(urls[0]) is not first
    engines.dispose()
    for url in urls:
        postgresql_databases.drop(url)
