"""A business with so many orders behind it: the same number and seed make the same rows, on both engines.

The tables are the application's own (``flask init-db``), and so are the people who sign in; the orders are written past it, because
placing a million of them one by one takes an hour.
"""

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from app.core import clock, ids

DAYS = 90
SERVICES = (("s1", "Wash & Fold", 10_000), ("s2", "Dry Clean", 20_000), ("s3", "Ironing", 5_000))
STATUSES = ("Collected",) * 88 + ("Ready",) * 4 + ("Processing",) * 3 + ("At Store",) * 4 + ("Cancelled",)
NAMES = ("Asha", "Ravi", "Meera", "Imran", "Priya", "Joseph", "Anjali", "Vikram", "Fatima", "Suresh", "Lakshmi", "Arjun", "Kavita")
FAMILIES = ("Verma", "Nair", "Desai", "Rao", "Khan", "Patel", "Iyer", "Mehta", "Joshi", "D'Souza", "Gupta", "Bose", "Kapoor")
CHUNK = 20_000
ROOT = Path(__file__).parents[1]
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
# After this the newest orders are a moment ago, whenever the data was made.
ENDS = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

COLUMNS = {
    "customer": ("id", "name", "email", "email_norm", "phone", "created_at", "version"),
    "orders": (
        "id", "number", "store_id", "customer_id", "customer_name", "customer_email", "customer_phone", "due_at", "special_instructions",
        "total_minor", "currency", "paid", "status", "tracking_token", "created_at", "updated_at", "version",
    ),
    "order_item": ("id", "order_id", "service_id", "service_name", "quantity", "unit_minor"),
    "order_event": ("id", "order_id", "event", "to_status", "at", "actor", "channel"),
}  # fmt: skip
Row = tuple[Any, ...]


class Rows(NamedTuple):
    orders: list[Row]
    items: list[Row]
    events: list[Row]


class Writer:
    """Rows into either engine, the fastest way each has."""

    def __init__(self, url: str):
        self.is_sqlite = url.startswith("sqlite")
        plain = url.removeprefix("sqlite:///").replace("postgresql+psycopg", "postgresql")
        self._connection: Any = sqlite3.connect(plain) if self.is_sqlite else psycopg.connect(plain)
        if self.is_sqlite:
            self._connection.executescript("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-200000")

    def moment(self, at: datetime) -> Any:
        return clock.wire(at) if self.is_sqlite else at

    def flag(self, value: bool) -> Any:
        return int(value) if self.is_sqlite else value

    def write(self, table: str, rows: Iterable[Row]) -> None:
        columns = COLUMNS[table]
        if self.is_sqlite:
            places = ",".join("?" * len(columns))
            self._connection.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({places})", rows)
            return
        with self._connection.cursor().copy(f"COPY {table} ({','.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def say(self, statement: str) -> Any:
        return self._connection.execute(statement).fetchall() if statement.startswith("SELECT") else self._connection.execute(statement)

    def finish(self) -> None:
        """Counters go on where the rows end, and the planner knows what there is."""
        if not self.is_sqlite:
            for table in ("customer", "order_item", "order_event"):
                self.say(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        self._connection.commit()
        if self.is_sqlite:
            self._connection.executescript("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            self._connection.autocommit = True
            self.say("VACUUM ANALYZE")

    def close(self) -> None:
        self._connection.close()


def make(url: str, environment: dict[str, str], *, orders: int, seed: int) -> None:
    """An empty database becomes a business with so many orders."""
    subprocess.run([*FLASK, "init-db"], env=environment, cwd=ROOT, check=True, capture_output=True)
    rng = random.Random(seed)
    with closing(Writer(url)) as writer:
        (first,) = writer.say("SELECT coalesce(max(id), 0) FROM customer")[0]
        customers = max(orders // 10, 100)
        writer.write("customer", _customers(rng, writer, first, customers))
        (store,) = writer.say("SELECT min(id) FROM store")[0]
        for rows in _orders(rng, writer, store, first, customers, orders):
            writer.write("orders", rows.orders)
            writer.write("order_item", rows.items)
            writer.write("order_event", rows.events)
        writer.say(f"DELETE FROM ticket_counter WHERE store_id = {store}")
        writer.say(f"INSERT INTO ticket_counter (store_id, last_number) VALUES ({store}, {orders})")
        writer.finish()
    subprocess.run([*FLASK, "metrics", "rebuild"], env=environment, cwd=ROOT, check=True, capture_output=True)


def _customers(rng: random.Random, writer: Writer, first: int, count: int) -> Iterator[Row]:
    since = writer.moment(ENDS - timedelta(days=400))
    for number in range(first + 1, first + count + 1):
        email = f"c{number}@bench.example"
        yield number, f"{rng.choice(NAMES)} {rng.choice(FAMILIES)}", email, email, f"555-{number:07d}", since, 1


def _orders(rng: random.Random, writer: Writer, store: int, first: int, customers: int, count: int) -> Iterator[Rows]:
    """Evenly over the days, the oldest first, as they would have come."""
    began, step = ENDS - timedelta(days=DAYS), timedelta(days=DAYS) / count
    item_id = 0
    for start in range(0, count, CHUNK):
        rows = Rows([], [], [])
        for place in range(start, min(start + CHUNK, count)):
            at = began + place * step
            at = at.replace(microsecond=at.microsecond // 1000 * 1000)
            order_id, customer = _code(rng), first + 1 + rng.randrange(customers)
            lines = [(service, rng.randint(1, 4)) for service in rng.sample(SERVICES, 2)]
            total = sum(price * quantity for (_, _, price), quantity in lines)
            status = rng.choice(STATUSES)
            name, due, placed = f"Customer {customer}", writer.moment(at + timedelta(days=2)), writer.moment(at)
            rows.orders.append((
                order_id, place + 1, store, customer, name, f"c{customer}@bench.example", f"555-{customer:07d}", due, "",
                total, "INR", writer.flag(status == "Collected"), status, f"t{order_id}", placed, placed, 1,
            ))  # fmt: skip
            for (service_id, service, price), quantity in lines:
                item_id += 1
                rows.items.append((item_id, order_id, service_id, service, quantity, price))
            rows.events.append((place + 1, order_id, "placed", "At Store", placed, "Maya", "employee"))
        yield rows


def _code(rng: random.Random) -> str:
    number = rng.getrandbits(5 * (ids.LENGTH - 1))
    values = [number >> 5 * place & 31 for place in reversed(range(ids.LENGTH - 1))]
    return "".join(ids.ALPHABET[value] for value in [*values, ids._check_value(values)])
