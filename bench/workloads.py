"""What is asked of both servers, how a right answer is known, and in which words each of them is asked."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from app import config, create_app
from app.core import clock
from app.core.pagination import write_cursor
from app.core.unit_of_work import unit_of_work
from app.customers.models import Customer
from app.identity import account_service, session_service
from app.identity.models import CUSTOMER_REALM, Account
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.portals.http import tokens
from app.tenancy import tenant_service
from app.tenancy.tenant_service import MAIN
from bench.data import Writer
from bench.load import CONNECTIONS, Check, Request, WrongAnswer

CUSTOMERS, PASSWORD = 200, "nine slow otters swim"
SCANNED = 20_000
Requests = Callable[[], Iterator[Request]]


@dataclass(frozen=True, slots=True)
class Workload:
    name: str
    what: str
    ours: Requests
    floor: Requests
    check: Check
    connections: int = CONNECTIONS


@dataclass(slots=True)
class Cast:
    """Who asks, and what they ask for."""

    customers: list[tuple[int, str, str]]  # number, e-mail, token
    orders: dict[int, list[str]]  # theirs
    admin: str
    employee: str
    deep: tuple[str, str]  # where the list goes on at nine tenths of its depth: as our cursor, and as the floor is told
    to_scan: list[str]


def cast(surroundings: dict[str, str], url: str, *, orders: int) -> Cast:
    """Accounts and tokens are made by the application itself."""
    app = create_app(config.load(surroundings))
    with app.app_context(), tenant_service.use_tenant(MAIN):
        by, hashed = Principal.command_line("bench"), account_service.hash_new_password(PASSWORD)
        hired = [
            account_service.create_staff(f"{role}@bench.example", str(role), role, hashed, by=by) for role in (Role.ADMIN, Role.EMPLOYEE)
        ]
        admin, employee = (_token(account.id, by) for account in hired)
        customers = [_customer(f"c{number}@bench.example", hashed, by) for number in range(20, 20 + min(CUSTOMERS, orders // 20))]
    with closing(Writer(url)) as writer:
        theirs: dict[int, list[str]] = {number: [] for number, _, _ in customers}
        among = ",".join(map(str, theirs))
        for order_id, number in writer.say(f"SELECT id, customer_id FROM orders WHERE customer_id IN ({among})"):
            theirs[number].append(order_id)
        tenth = writer.say("SELECT count(*) FROM orders WHERE status = 'Collected'")[0][0] // 10
        at, last = writer.say(f"SELECT created_at, id FROM orders WHERE status = 'Collected' ORDER BY created_at LIMIT 1 OFFSET {tenth}")[0]
        newest = writer.say(f"SELECT id FROM orders ORDER BY number DESC LIMIT {min(SCANNED, orders // 2)}")
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    deep = (write_cursor([clock.milliseconds(moment), last]), f"{clock.wire(moment)}_{last}")
    customers = [customer for customer in customers if theirs[customer[0]]]
    return Cast(customers, theirs, admin, employee, deep, [row[0] for row in newest])


def _token(account_id: int, by: Principal) -> str:
    return tokens.issue(session_service.begin(account_id, session_service.TOKENS, by=by))["token"]


def _customer(email: str, hashed: str, by: Principal) -> tuple[int, str, str]:
    with unit_of_work() as session:
        customer = session.scalars(select(Customer).where(Customer.email_norm == email)).one()
        account = Account(realm=CUSTOMER_REALM, login=email, name=customer.name, role=Role.CUSTOMER, password_hash=hashed)
        account.customer_id, account.created_at = customer.id, clock.now()
        session.add(account)
        session.flush()
        return customer.id, email, _token(account.id, by)


def back_at_the_store(url: str, order_ids: list[str]) -> None:
    """Before scanning: in both databases the newest orders are where a scan can start them."""
    with closing(Writer(url)) as writer:
        for start in range(0, len(order_ids), 500):
            among = ",".join(f"'{order_id}'" for order_id in order_ids[start : start + 500])
            writer.say(f"UPDATE orders SET status = 'At Store' WHERE id IN ({among})")
        writer.finish()


def all_of(who: Cast, seed: int) -> list[Workload]:
    return [
        Workload("W1", "read one order by its id", *_one_order(who, seed), _holds(b'"items":')),
        Workload("W2", "a customer's own orders", *_own_orders(who, seed), _holds(b'"items":')),
        Workload("W3", "the newest 50 of a status", *_by_status(who, deep=False), _fifty),
        Workload("W3deep", "the same at nine tenths of the depth", *_by_status(who, deep=True), _fifty),
        Workload("W4", "place an order", *_placing(who, seed), _holds(b'"status":"At Store"', 201)),
        Workload("W5", "a scan moves an order one step", *_scanning(who), _holds(b'"status":"Processing"')),
        Workload("W6", "the owner's dashboard", *_dashboard(who), _holds(b"{")),
        Workload("W7", "sign in", *_signing_in(who), _holds(b'"token":')),
        Workload("W8", "one label", *_labels(who, seed), _holds(b"<svg")),
        Workload("W8pdf", "a thousand labels in one document", *_sheets(who), _holds(b"%PDF"), connections=2),
    ]


def _holds(part: bytes, expected: int = 200) -> Check:
    def check(request: Request, status: int, body: bytes) -> None:
        if status != expected or part not in body:
            raise WrongAnswer(f"{request.method} {request.path}: {status} {body[:300]!r}")

    return check


def _fifty(request: Request, status: int, body: bytes) -> None:
    if status != 200 or body.count(b'"number":') != 50 or body.count(b'"status":"Collected"') != 50:
        raise WrongAnswer(f"{request.path}: {status}, {body[:300]!r}")


def _bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {token}"),)


def _mine(who: Cast, seed: int) -> Iterator[tuple[str, str]]:
    """A customer's token and one of their orders, again and again."""
    rng = random.Random(seed)
    while True:
        number, _, token = rng.choice(who.customers)
        yield token, rng.choice(who.orders[number])


def _one_order(who: Cast, seed: int) -> tuple[Requests, Requests]:
    return (
        lambda: (Request("GET", f"/api/orders/{order_id}", _bearer(token)) for token, order_id in _mine(who, seed)),
        lambda: (Request("GET", f"/order/{order_id}") for _, order_id in _mine(who, seed)),
    )


def _own_orders(who: Cast, seed: int) -> tuple[Requests, Requests]:
    def anybody() -> Iterator[tuple[int, str, str]]:
        rng = random.Random(seed)
        while True:
            yield rng.choice(who.customers)

    return (
        lambda: (Request("GET", "/api/orders", _bearer(token)) for _, _, token in anybody()),
        lambda: (Request("GET", f"/customer/{number}") for number, _, _ in anybody()),
    )


def _by_status(who: Cast, *, deep: bool) -> tuple[Requests, Requests]:
    cursor, after = (f"&cursor={who.deep[0]}", f"&after={who.deep[1]}") if deep else ("", "")
    return (
        lambda: (Request("GET", f"/admin/api/orders?status=Collected{cursor}", _bearer(who.admin)) for _ in count()),
        lambda: (Request("GET", f"/status?status=Collected{after}") for _ in count()),
    )


def _placing(who: Cast, seed: int) -> tuple[Requests, Requests]:
    def bodies() -> Iterator[tuple[str, bytes]]:
        rng = random.Random(seed)
        while True:
            _, email, token = rng.choice(who.customers)
            order: dict[str, Any] = {"customerName": "Bench", "customerEmail": email, "customerPhone": "555-0100"}
            yield token, json.dumps({**order, "serviceIds": ["s1", "s2"]}).encode()

    return (
        lambda: (Request("POST", "/api/orders", _bearer(token), body) for token, body in bodies()),
        lambda: (Request("POST", "/place", (), body) for _, body in bodies()),
    )


def _scanning(who: Cast) -> tuple[Requests, Requests]:
    """Each order once: the rounds go on where the round before stopped."""
    ours, theirs = iter(who.to_scan), iter(who.to_scan)
    scan = {"station": "processing"}
    return (
        lambda: (Request("POST", "/employee/api/scans", _bearer(who.employee), _json({**scan, "code": code})) for code in ours),
        lambda: (Request("POST", "/scan", (), _json({"code": code})) for code in theirs),
    )


def _signing_in(who: Cast) -> tuple[Requests, Requests]:
    """From ever new networks: how often one may try is limited, and stays so."""
    networks = count(1)

    def trying() -> Iterator[Request]:
        for number in networks:
            _, email, _ = who.customers[number % len(who.customers)]
            network = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            yield Request("POST", "/auth/login", (("X-Forwarded-For", network),), _json({"email": email, "password": PASSWORD}))

    return trying, lambda: (Request("POST", "/login", (), b"{}") for _ in count())


def _labels(who: Cast, seed: int) -> tuple[Requests, Requests]:
    every = [(token, order_id) for number, _, token in who.customers for order_id in who.orders[number]]
    random.Random(seed).shuffle(every)
    return (
        lambda: (Request("GET", f"/api/orders/{order_id}/label.svg", _bearer(token)) for token, order_id in every),
        lambda: (Request("GET", f"/label/{order_id}") for _, order_id in every),
    )


def _dashboard(who: Cast) -> tuple[Requests, Requests]:
    return (
        lambda: (Request("GET", "/api/v1/dashboard/summary/", _bearer(who.admin)) for _ in count()),
        lambda: (Request("GET", "/dashboard") for _ in count()),
    )


def _sheets(who: Cast) -> tuple[Requests, Requests]:
    """Other labels each time: none of them is kept from before."""
    starts = range(0, max(len(who.to_scan) - 1000, 1), 97)

    def bodies() -> Iterator[bytes]:
        return (_json({"orderIds": who.to_scan[start : start + 1000]}) for start in starts)

    return (
        lambda: (Request("POST", "/api/labels", _bearer(who.employee), body) for body in bodies()),
        lambda: (Request("POST", "/labels", (), body) for body in bodies()),
    )


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()
