"""``gunicorn bench.floor.wsgi:app`` with FLOOR_URL."""

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
import psycopg
from argon2 import PasswordHasher

URL = os.environ["FLOOR_URL"]
SQLITE = URL.startswith("sqlite")
MARK = "?" if SQLITE else "%s"
_local = threading.local()
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_hash = _hasher.hash("nine slow otters swim")
_hashing = threading.BoundedSemaphore(2)
ORDER = (
    "id, number, customer_name, customer_email, customer_phone, pickup_date, due_at, special_instructions, total_minor, currency, paid,"
    " status, created_at, updated_at, version"
)
PRICES = {"s1": ("Wash & Fold", 10_000), "s2": ("Dry Clean", 20_000), "s3": ("Ironing", 5_000)}
Answer = tuple[str, bytes]


def connection() -> Any:
    if not hasattr(_local, "connection"):
        if SQLITE:
            _local.connection = sqlite3.connect(URL.removeprefix("sqlite:///"), timeout=15, isolation_level=None)
            for pragma in ("synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=1000"):
                _local.connection.execute(f"PRAGMA {pragma}")
        else:
            _local.connection = psycopg.connect(URL.replace("postgresql+psycopg", "postgresql"), autocommit=True)
    return _local.connection


def ask(statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection().execute(statement.replace("?", MARK), values).fetchall()
    return rows


def moment(at: Any) -> str:
    return at if isinstance(at, str) else at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def now() -> Any:
    at = datetime.now(UTC)
    return moment(at) if SQLITE else at


def shown(order: tuple[Any, ...], items: list[tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "id": order[0], "number": order[1], "customerName": order[2], "customerEmail": order[3], "customerPhone": order[4],
        "serviceId": [item[2] for item in items], "service": [item[3] for item in items],
        "items": [
            {"id": item[0], "serviceId": item[2], "service": item[3], "quantity": item[4], "unitPrice": item[5] / 100,
             "total": item[4] * item[5] / 100, "garment": item[6], "notes": item[7]}
            for item in items
        ],
        "pickupDate": order[5] and str(order[5]), "dueAt": moment(order[6]), "specialInstructions": order[7], "total": order[8] / 100,
        "currency": order[9], "paid": bool(order[10]), "status": order[11], "createdAt": moment(order[12]), "updatedAt": moment(order[13]),
    }  # fmt: skip


def with_items(orders: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    places = ",".join("?" * len(orders))
    found: dict[str, list[tuple[Any, ...]]] = {order[0]: [] for order in orders}
    columns = "id, order_id, service_id, service_name, quantity, unit_minor, garment, notes"
    for item in ask(f"SELECT {columns} FROM order_item WHERE order_id IN ({places}) ORDER BY id", tuple(found)):
        found[item[1]].append(item)
    return [shown(order, found[order[0]]) for order in orders]


def one_order(order_id: str) -> Answer:
    return "200 OK", orjson.dumps(with_items(ask(f"SELECT {ORDER} FROM orders WHERE id = ?", (order_id,)))[0])


def orders_of(customer: str) -> Answer:
    newest = f"SELECT {ORDER} FROM orders WHERE customer_id = ? ORDER BY created_at DESC, id DESC LIMIT 51"
    return "200 OK", orjson.dumps(with_items(ask(newest, (int(customer),))[:50]))


def by_status(query: dict[str, str]) -> Answer:
    where, values = "status = ?", [query["status"]]
    if "after" in query:
        at, _, last = query["after"].partition("_")
        where += " AND (created_at, id) < (?, ?)"
        values += [at, last]
    newest = f"SELECT {ORDER} FROM orders WHERE {where} ORDER BY created_at DESC, id DESC LIMIT 51"
    return "200 OK", orjson.dumps(with_items(ask(newest, tuple(values))[:50]))


def place(body: dict[str, Any]) -> Answer:
    """The order, its lines, its first event and its number, on the disk before the answer."""
    order_id, at, link = secrets.token_hex(6), now(), secrets.token_urlsafe(16)
    lines = [(service, *PRICES[service]) for service in body["serviceIds"]]
    total = sum(line[2] for line in lines)
    link_to = connection()
    link_to.execute("BEGIN IMMEDIATE" if SQLITE else "BEGIN")
    (customer,) = ask("SELECT id FROM customer WHERE email_norm = ?", (body["customerEmail"],))[0]
    (number,) = ask("UPDATE ticket_counter SET last_number = last_number + 1 RETURNING last_number", ())[0]
    due = at if SQLITE else at + timedelta(days=2)
    order = (order_id, number, 1, customer, body["customerName"], body["customerEmail"], body["customerPhone"], due, "", total, "INR",
             0 if SQLITE else False, "At Store", link, at, at, 1)  # fmt: skip
    columns = (
        "id, number, store_id, customer_id, customer_name, customer_email, customer_phone, due_at, special_instructions, total_minor,"
        " currency, paid, status, tracking_token, created_at, updated_at, version"
    )
    put(f"INSERT INTO orders ({columns}) VALUES ({','.join('?' * 17)})", order)
    for service, name, price in lines:
        put("INSERT INTO order_item (order_id, service_id, service_name, quantity, unit_minor) VALUES (?, ?, ?, 1, ?)",
            (order_id, service, name, price))  # fmt: skip
    put("INSERT INTO order_event (order_id, event, to_status, at, actor, channel) VALUES (?, 'placed', 'At Store', ?, 'floor', 'floor')",
        (order_id, at))  # fmt: skip
    link_to.execute("COMMIT")
    return "201 Created", orjson.dumps({"order": {"id": order_id, "number": number, "total": total / 100, "status": "At Store"}})


def scan(body: dict[str, Any]) -> Answer:
    at, link_to = now(), connection()
    link_to.execute("BEGIN IMMEDIATE" if SQLITE else "BEGIN")
    moved = ask("UPDATE orders SET status = 'Processing', updated_at = ?, version = version + 1 WHERE id = ? AND status = 'At Store'"
                f" RETURNING {ORDER}", (at, body["code"]))  # fmt: skip
    put("INSERT INTO order_event (order_id, event, from_status, to_status, at, actor, channel)"
        " VALUES (?, 'work started', 'At Store', 'Processing', ?, 'floor', 'floor')", (body["code"], at))  # fmt: skip
    answer = with_items(moved)[0]
    link_to.execute("COMMIT")
    return "200 OK", orjson.dumps(answer)


def put(statement: str, values: tuple[Any, ...]) -> None:
    connection().execute(statement.replace("?", MARK), values)


def log_in(_: dict[str, Any]) -> Answer:
    with _hashing:
        _hasher.verify(_hash, "nine slow otters swim")
    return "200 OK", b'{"token":"floor"}'


@lru_cache(maxsize=1)
def _labels() -> Any:
    from app.labels import label_service

    return label_service


def label(order_id: str) -> Answer:
    (order,) = with_items(ask(f"SELECT {ORDER} FROM orders WHERE id = ?", (order_id,)))
    drawn = _labels().label_of(order, business="FabClean", timezone="Asia/Kolkata", link=f"http://localhost/track/t{order_id}")
    return "200 OK", _labels().render(drawn, kind="svg").content


def sheet(body: dict[str, Any]) -> Answer:
    wanted = body["orderIds"]
    rows = ask(f"SELECT {ORDER} FROM orders WHERE id IN ({','.join('?' * len(wanted))})", tuple(wanted))
    known = {order["id"]: order for order in with_items(rows)}
    shop = {"business": "FabClean", "timezone": "Asia/Kolkata"}
    drawn = [_labels().label_of(known[code], **shop, link=f"http://localhost/track/t{code}") for code in wanted]
    return "200 OK", _labels().sheet(drawn, _labels().DEFAULT_STOCK)


def dashboard() -> Answer:
    """Counted when asked, as anybody would who keeps no figures."""
    since = datetime.now(UTC) - timedelta(days=30)
    month, at = (moment(since) if SQLITE else since), now()
    states = dict(ask("SELECT status, count(*) FROM orders GROUP BY status", ()))
    earned = ask("SELECT count(*), sum(total_minor) FROM orders WHERE created_at >= ? AND status <> 'Cancelled'", (month,))
    top = ask(
        "SELECT service_id, max(service_name), sum(quantity), sum(quantity * unit_minor) FROM order_item"
        " JOIN orders ON orders.id = order_id WHERE orders.created_at >= ? AND status <> 'Cancelled'"
        " GROUP BY service_id ORDER BY 4 DESC LIMIT 5",
        (month,),
    )
    late = ask("SELECT count(*) FROM orders WHERE status IN ('At Store', 'In Transit', 'At Factory', 'Processing') AND due_at < ?", (at,))
    figures = {"states": states, "orders": earned[0][0], "revenue": int(earned[0][1] or 0) / 100, "late": late[0][0]}
    return "200 OK", orjson.dumps({**figures, "top": [[row[0], row[1], int(row[2]), int(row[3]) / 100] for row in top]})


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    _, what, *rest = environ["PATH_INFO"].split("/")
    if environ["REQUEST_METHOD"] == "POST":
        body = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        status, content = {"place": place, "scan": scan, "login": log_in, "labels": sheet}[what](body)
    elif what == "dashboard":
        status, content = dashboard()
    elif what == "status":
        query = dict(part.split("=") for part in environ["QUERY_STRING"].replace("%20", " ").split("&"))
        status, content = by_status(query)
    else:
        status, content = {"order": one_order, "customer": orders_of, "label": label}[what](rest[0])
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]
