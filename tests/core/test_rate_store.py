"""Counting is exact over all worker processes, and what cannot be counted is not let through."""

import time

import pytest

from app.core.rate_store import SqlRateStorage
from app.extensions import limiter
from tests.support.processes import at_once, free_port
from tests.support.shop import application, settings


@pytest.fixture
def storage(database_url):
    made = SqlRateStorage(database_url=database_url)
    yield made
    made._engine.dispose()


def let_through(url, **extra):
    """Of forty tries by four processes at the same moment, at ten a minute."""
    return sum(int(output) for output in at_once(4, "tests.core.programs.hit_limit", "10 per minute", "10", **settings(url, **extra)))


@pytest.mark.slow
def test_four_processes_are_let_through_ten_times_together(database_url):
    assert let_through(database_url) == 10


@pytest.mark.valkey
def test_valkey_counts_as_exactly(sqlite_databases, valkey):
    assert let_through(sqlite_databases.filled(), REDIS_URL=valkey.url) == 10


@pytest.mark.valkey
def test_each_process_by_itself_would_let_through_forty(sqlite_databases, monkeypatch):
    """The control: with Flask-Limiter's own default the limit means nothing as soon as there are several workers."""
    assert let_through(sqlite_databases.filled(), REDIS_URL="memory://") == 40


def test_the_window_moves(storage):
    """A fixed window would forget all three at once."""
    assert storage.acquire_entry("key", limit=3, expiry=1)
    time.sleep(0.6)
    assert storage.acquire_entry("key", limit=3, expiry=1, amount=2)
    assert not storage.acquire_entry("key", limit=3, expiry=1)
    time.sleep(0.6)
    assert storage.acquire_entry("key", limit=3, expiry=1)
    assert not storage.acquire_entry("key", limit=3, expiry=1)


def test_a_refused_try_does_not_prolong_the_wait(storage):
    assert storage.acquire_entry("key", limit=1, expiry=1)
    for _ in range(5):
        assert not storage.acquire_entry("key", limit=1, expiry=1)
    time.sleep(1.1)
    assert storage.acquire_entry("key", limit=1, expiry=1)


def test_keys_are_counted_apart(storage):
    assert storage.acquire_entry("alice", limit=1, expiry=60)
    assert storage.acquire_entry("bob", limit=1, expiry=60)
    assert not storage.acquire_entry("alice", limit=1, expiry=60)


def test_says_when_the_window_began_and_what_was_counted(storage):
    before = time.time()
    storage.acquire_entry("key", limit=5, expiry=60, amount=2)
    began, counted = storage.get_moving_window("key", limit=5, expiry=60)
    assert counted == 2
    assert before - 1 < began < time.time() + 1
    assert storage.get_moving_window("another", limit=5, expiry=60)[1] == 0


def test_counts_without_a_limit_and_forgets_on_demand(storage):
    assert [storage.incr("key", 60), storage.incr("key", 60, amount=3), storage.get("key")] == [1, 4, 4]
    assert storage.get_expiry("key") == pytest.approx(time.time() + 60, abs=2)
    storage.clear("key")
    assert storage.get("key") == 0
    storage.incr("key", 60)
    assert storage.reset() == 1
    assert storage.check()


def test_no_sign_in_while_nobody_counts(sqlite_databases, tmp_path):
    """With the counters away, every try would be a free one: so there is none."""
    away = f"redis://127.0.0.1:{free_port()}/0"
    with application(sqlite_databases.filled(), tmp_path, REDIS_URL=away) as app:
        answer = app.test_client().post("/auth/login", json={"email": "alice@example.com", "password": "nine slow otters swim"})
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
        assert app.test_client().get("/api/services").status_code == 200


@pytest.mark.valkey
def test_the_application_counts_in_valkey_when_there_is_one(sqlite_databases, valkey, tmp_path):
    with application(sqlite_databases.filled(), tmp_path, REDIS_URL=valkey.url) as app:
        assert not isinstance(limiter.storage, SqlRateStorage)
        wrong = {"email": "alice@example.com", "password": "not this one"}
        tries = [app.test_client().post("/auth/login", json=wrong).status_code for _ in range(11)]
        assert tries == [401] * 10 + [429]
