"""The power goes, again and again, while eight people hand in clothes. Whatever was acknowledged is there afterwards, and whole."""

import itertools
import random
import threading
import time

import httpx
import pytest
from sqlalchemy import Connection, func, select, text

from app.audit.models import AuditEntry
from app.core.engine import make_engine
from app.orders.models import Order, OrderEvent, OrderItem, TicketCounter
from tests.support import thorough
from tests.support.databases import PostgresDatabases
from tests.support.postgres import Forgetful, Postgres, require_durable
from tests.support.server import Server

KILLS, CLIENTS = 5 * thorough.FACTOR, 8
LINES = [{"serviceId": "s1", "quantity": 3}, {"serviceId": "s2"}]


@pytest.fixture
def lasting_database_url(engine_name, request, tmp_path):
    """On a server that writes to the disk before it acknowledges; SQLite's connections always do."""
    if engine_name == "sqlite":
        yield request.getfixturevalue("sqlite_databases").filled()
        return
    server = Postgres(durable=True)
    try:
        url = PostgresDatabases(server, tmp_path).filled()
        require_durable(url)
        yield url
    finally:
        server.stop()


class Crowd:
    """People who hand in one order after the other, and remember which were acknowledged."""

    def __init__(self, url: str):
        self.url, self.acknowledged, self.refused = url, dict[str, int](), list[str]()
        self._going = True
        self._threads = [threading.Thread(target=self._come_again, args=(number,)) for number in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def go_home(self) -> None:
        self._going = False
        for thread in self._threads:
            thread.join()

    def _come_again(self, number: int) -> None:
        order = {"customerName": "Dora", "customerEmail": f"dora{number}@example.com", "customerPhone": "555-0100", "items": LINES}
        with httpx.Client(base_url=self.url, timeout=30) as client:
            for visit in itertools.count():
                if not self._going:
                    return
                try:
                    # Everybody from a network of their own: how often one may order is not the question here.
                    answer = client.post(
                        "/api/orders", json=order, headers={"X-Forwarded-For": f"10.{number}.{visit // 250}.{visit % 250}"}
                    )
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                if answer.status_code == 201:
                    placed = answer.json()["order"]
                    self.acknowledged[placed["id"]] = placed["number"]
                else:
                    self.refused.append(f"{answer.status_code} {answer.text}")


@pytest.mark.slow
@pytest.mark.timeout(300 * thorough.FACTOR)
def test_what_was_acknowledged_survives_a_kill(lasting_database_url, engine_name, tmp_path):
    server = Server(lasting_database_url, tmp_path / "log", TRUSTED_PROXIES="1")
    crowd = Crowd(server.url)
    for _ in range(KILLS):
        time.sleep(random.uniform(0.2, 0.8))
        server.kill()
        server.start()
    crowd.go_home()
    server.stop()

    engine = make_engine(lasting_database_url)
    with engine.connect() as connection:
        found = dict(connection.execute(select(Order.id, Order.number)).tuples().all())
        print(f"{engine_name}: {KILLS} kills, {len(crowd.acknowledged)} orders acknowledged, {len(found)} found")
        assert crowd.acknowledged.items() <= found.items()
        assert_whole(connection, found)
    engine.dispose()
    assert crowd.refused == []
    assert len(crowd.acknowledged) > 10 * KILLS, "hardly anybody was there when it happened"


def assert_whole(connection: Connection, found: dict[str, int]) -> None:
    """No order without its lines, its first event and its audit entry, no number missing, and nothing of an order that is not there."""
    ids = set(found)
    assert sorted(found.values()) == list(range(1, len(found) + 1))
    assert connection.scalar(select(TicketCounter.last_number)) == len(found)
    lines = connection.execute(select(OrderItem.order_id, func.count(), func.sum(OrderItem.quantity)).group_by(OrderItem.order_id))
    assert {(order, lines, pieces) for order, lines, pieces in lines} == {(order, 2, 4) for order in ids}
    events = connection.execute(select(OrderEvent.order_id, func.count()).group_by(OrderEvent.order_id))
    assert set(events.tuples()) == {(order, 1) for order in ids}
    audited = connection.execute(select(AuditEntry.subject).where(AuditEntry.action == "order.placed")).scalars().all()
    assert sorted(audited) == sorted(f"order:{order}" for order in ids)
    if connection.dialect.name == "sqlite":
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_server_that_forgets_is_refused(postgres):
    """The one the other tests run on is such a server: a crash test on it would prove nothing."""
    with pytest.raises(Forgetful, match="fsync"):
        require_durable(postgres.url())
