"""With an old SQLite library a commit must never fold the log into the file (docs/decisions/0003): one chore does, alone."""

import shutil
import sqlite3
import threading
import time

import pytest
from sqlalchemy import insert, text

from app import housekeeping
from app.core import clock, engine
from app.core.engine import for_reading
from app.core.frozen import frozen
from app.core.session import CONTROL
from app.customers.models import Customer
from app.extensions import db
from tests.support.databases import path_of
from tests.support.shop import application, inside

BULKY = "x" * 3000
COUNT = "SELECT count(*) FROM customer WHERE phone = 'bulk'"


@pytest.fixture
def old_library(monkeypatch):
    """Whatever library this machine has, behave as with an old one."""
    monkeypatch.setattr(engine, "CHECKPOINT_BY_HAND", True)
    monkeypatch.setattr(housekeeping, "CHECKPOINT_BY_HAND", True)


@pytest.fixture
def shop(old_library, sqlite_databases, tmp_path):
    url = sqlite_databases.filled()
    with application(url, tmp_path) as app:
        yield app
    sqlite_databases.drop(url)


def log_of(app):
    path = path_of(app.config["DATABASE_URL"])
    return path.with_name(f"{path.name}-wal")


def write(app, commits):
    with app.app_context():
        for number in range(commits):
            with db.engines[CONTROL].begin() as connection:
                row = {"name": f"{number}: {BULKY}", "phone": "bulk", "created_at": clock.now(), "version": 1}
                connection.execute(insert(Customer).values(row))


def written(app):
    with app.app_context(), db.engines[CONTROL].connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        return connection.scalar(text(COUNT))


def test_commits_leave_the_file_alone(shop):
    """SQLite's own habit is to checkpoint at a thousand pages; these are three thousand."""
    write(shop, 1)
    file = path_of(shop.config["DATABASE_URL"])
    before = file.read_bytes()
    write(shop, 1000)
    assert log_of(shop).stat().st_size > 3 * 1000 * 4096
    assert file.read_bytes() == before


def test_the_chore_copies_the_log_into_the_file(shop, tmp_path):
    write(shop, 1000)
    with shop.app_context():
        assert housekeeping.checkpoint()
    alone = tmp_path / "without-the-log.db"
    shutil.copyfile(path_of(shop.config["DATABASE_URL"]), alone)
    with sqlite3.connect(alone) as connection:
        assert connection.execute(COUNT).fetchone() == (1000,)
    assert written(shop) == 1000


@pytest.mark.slow
def test_after_the_chore_the_log_begins_anew(shop):
    write(shop, 1000)
    before = log_of(shop).stat().st_size
    for _ in range(3):
        with shop.app_context():
            assert housekeeping.checkpoint()
        write(shop, 300)
    assert log_of(shop).stat().st_size <= before
    assert written(shop) == 1900


def test_readers_are_not_waited_for(shop):
    """Somebody's long report must not hold up everybody's orders."""
    write(shop, 1000)
    with shop.app_context(), for_reading(db.engines[CONTROL]).connect() as report:
        assert report.scalar(text(COUNT)) == 1000
        write(shop, 10)
        began = time.monotonic()
        assert housekeeping.checkpoint()
        write(shop, 10)
        assert time.monotonic() - began < 2
        assert report.scalar(text(COUNT)) == 1000
    assert written(shop) == 1020


def test_a_frozen_file_stands_still_while_everybody_works(shop):
    """What a backup reads. The control experiment is what happens to the file right after it."""
    write(shop, 10)
    file = path_of(shop.config["DATABASE_URL"])
    with frozen(file) as reader:
        before, count = file.read_bytes(), reader.execute(COUNT).fetchone()
        write(shop, 300)
        with shop.app_context():
            housekeeping.checkpoint(larger_than=0)
        write(shop, 10)
        assert file.read_bytes() == before
        assert reader.execute(COUNT).fetchone() == count == (10,)
    with shop.app_context():
        housekeeping.checkpoint(larger_than=0)
    assert file.read_bytes() != before
    assert written(shop) == 320


def test_a_small_log_is_left_alone(shop):
    write(shop, 3)
    with shop.app_context():
        assert not housekeeping.checkpoint()
        assert housekeeping.checkpoint(larger_than=0)


def test_nothing_is_lost_when_it_runs_among_writers(shop):
    writers = [threading.Thread(target=write, args=(shop, 150)) for _ in range(4)]
    for writer in writers:
        writer.start()
    emptied = 0
    while any(writer.is_alive() for writer in writers):
        with shop.app_context():
            emptied += housekeeping.checkpoint(larger_than=100_000)
    assert emptied > 2
    assert written(shop) == 600


def test_a_new_library_and_postgresql_look_after_themselves(app, monkeypatch):
    monkeypatch.setattr(housekeeping, "CHECKPOINT_BY_HAND", False)
    with app.app_context():
        assert not housekeeping.checkpoint(larger_than=0)
    monkeypatch.setattr(engine, "CHECKPOINT_BY_HAND", False)
    with inside(app):
        if db.engines[CONTROL].dialect.name == "sqlite":
            db.engines[CONTROL].dispose()
            with db.engines[CONTROL].connect() as connection:
                assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 1000
