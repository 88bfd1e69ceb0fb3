"""Tries are counted exactly, whichever of the worker processes answers, in the database or in Valkey."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.support.people import ALICE
from tests.support.server import Server
from tests.support.valkey import Valkey


def guess(server: Server, email: str, count: int, **headers: str) -> Counter[int]:
    def once(number: int) -> int:
        sent = {name: value.format(number) for name, value in headers.items()}
        body = {"email": email, "password": "wrong"}
        return httpx.post(f"{server.url}/auth/login", json=body, headers=sent, timeout=30).status_code

    with ThreadPoolExecutor(16) as pool:
        return Counter(pool.map(once, range(count)))


@pytest.fixture
def server(database_url: str, tmp_path: Path):
    made = Server(database_url, tmp_path / "log", WEB_CONCURRENCY="4")
    yield made
    made.stop()


@pytest.mark.slow
def test_ten_of_forty_at_once_are_let_in_to_try(server):
    assert guess(server, ALICE.login, 40) == {401: 10, 429: 30}
    refused = httpx.post(f"{server.url}/auth/login", json=ALICE.credentials)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 301
    assert guess(server, "somebody.else@example.com", 1) == {401: 1}


@pytest.mark.slow
def test_a_forwarded_address_is_not_believed_without_a_proxy(server):
    assert guess(server, ALICE.login, 20, **{"X-Forwarded-For": "198.51.100.{}"}) == {401: 10, 429: 10}


@pytest.mark.valkey
@pytest.mark.slow
def test_valkey_counts_as_exactly(databases, valkey: Valkey, tmp_path: Path):
    url = databases.filled()
    server = Server(url, tmp_path / "log", WEB_CONCURRENCY="4", REDIS_URL=valkey.url)
    try:
        assert guess(server, ALICE.login, 40) == {401: 10, 429: 30}
    finally:
        server.stop()
        databases.drop(url)
