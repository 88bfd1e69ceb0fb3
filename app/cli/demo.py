"""A month of believable data, to look around in. Made through the same services as real work, only with earlier times."""

import random
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from app.catalogue import queries as catalogue
from app.config import DEVELOPMENT, TESTING
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.customers import customer_service
from app.identity import account_service
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.logistics import delivery_service
from app.logistics.delivery_rules import Kind
from app.orders import order_service
from app.orders import queries as orders
from app.orders.order_rules import Event, Status
from app.tenancy import tenant_service
from app.tenancy.tenant_service import MAIN
from app.transit import queries as transit
from app.transit import transit_service
from app.transit.batch_rules import BatchEvent, BatchType

DAYS = 30
PEOPLE = (
    "Asha Verma", "Ravi Krishnan", "Meera Nair", "Imran Sheikh", "Priya Desai", "Joseph Fernandes", "Anjali Rao", "Vikram Singh",
    "Fatima Khan", "Suresh Patel", "Lakshmi Iyer", "Arjun Mehta", "Kavita Joshi", "Daniel D'Souza", "Nisha Gupta", "Rahul Banerjee",
    "आशा वर्मा", "محمد علي", "王小明", "Zoë Müller-Lüdenscheidt", "Hotel Taj Residency", "Café Mondegar", "Sunrise Clinic",
    "Deepa Menon", "Karan Malhotra", "Sara Thomas", "Omkar Kulkarni", "Ritu Saxena", "Aditya Bose", "Neha Kapoor",
)  # fmt: skip
DOORS = (
    "14 Marine Drive", "3 Hill Road\nBandra", "27 Linking Road\nKhar", "8 Carmichael Road", "51 Pali Naka\nBandra", "2 Altamount Road",
    "19 Tara Road\nJuhu",
)  # fmt: skip
GARMENTS = ("shirt", "trousers", "saree", "suit", "bedsheet", "curtain", "kurta", "jacket", "dress", "tablecloth")
WISHES = (
    "",
    "",
    "",
    "",
    "Light starch",
    "Mind the buttons",
    "No fragrance",
    "Stain on the left cuff",
    "Fold, do not hang",
    "Needed for a wedding",
)
# How far an order has come, by how many days ago it was placed.
JOURNEY = (Event.SEND_OUT, Event.RECEIVE_AT_PLANT, Event.START, Event.FINISH)


@click.command("seed-demo")
@click.option("--seed", default=20, show_default=True, help="The same number makes the same month.")
@with_appcontext
def seed_demo(seed: int) -> None:
    """Fill an empty database with a month of orders, and a person for each portal."""
    if current_app.config["ENV_NAME"] not in (DEVELOPMENT, TESTING):
        raise click.ClickException("Demo data is for development only.")
    with tenant_service.use_tenant(MAIN):
        if orders.newest(limit=1).rows:
            click.echo("There are orders already; nothing was added.")
            return
        _people()
        placed = sum(_day(random.Random(f"{seed}/{ago}"), clock.now() - timedelta(days=ago)) for ago in range(DAYS, -1, -1))  # noqa: S311
        stops, batches = _round(), _batches()
    click.echo(f"Placed {placed} orders in {DAYS} days, planned {stops} stops for today, and packed {batches} batches.")


def _people() -> None:
    by, password = Principal.command_line("seed-demo"), secrets.token_urlsafe(9)
    hashed = account_service.hash_new_password(password)
    for login, name, role in (
        ("counter@demo.example", "Maya at the counter", Role.EMPLOYEE),
        ("van@demo.example", "Tom in the van", Role.WORKER),
    ):
        account_service.create_staff(login, name, role, hashed, by=by)
    customer_service.sign_up("Jane Smith", "jane@demo.example", "+919820012345", password, by=by)
    click.echo(
        f"Employee counter@demo.example, worker van@demo.example, customer jane@demo.example   password: {password}   (shown this once)"
    )


def _round() -> int:
    """What the van does today: bring what is ready, and fetch at two doors. The last one nobody drives to yet."""
    by, driver = Principal.command_line("seed-demo"), account_service.find_login("staff", "van@demo.example")
    ready, waiting = (orders.newest(status=status, limit=count).rows for status, count in ((Status.READY, 5), (Status.AT_STORE, 2)))
    stops = [(order, Kind.DROP_OFF) for order in ready] + [(order, Kind.PICKUP) for order in waiting]
    for number, (order, kind) in enumerate(stops):
        stop = {"order_id": order["id"], "kind": kind, "window": f"{9 + number} to {10 + number}", "address": DOORS[number]}
        worker_id = driver.id if driver is not None and number < len(stops) - 1 else None
        delivery_service.plan({**stop, "worker_id": worker_id}, by=by)
    return len(stops)


def _batches() -> int:
    """One that is being packed, one on its way to the plant, and one on its way back."""
    by, made = Principal.command_line("seed-demo"), 0
    for kind, size, sent in (
        (BatchType.STORE_TO_FACTORY, 1, True),
        (BatchType.FACTORY_TO_STORE, 6, True),
        (BatchType.STORE_TO_FACTORY, 4, False),
    ):
        if free := [order["id"] for order in transit.able_to_travel(kind, limit=100)[:size]]:
            batch = transit_service.create({"type": kind, "order_ids": free, "created_by": None}, by=by)
            if sent:
                transit_service.advance(batch.id, BatchEvent.INITIATE, expected=None, by=by)
            made += 1
    return made


def _day(chance: random.Random, day: datetime) -> int:
    """One day's orders in one transaction: a month would otherwise wait seven hundred times for the disk."""
    services = [service.id for service in catalogue.offered()]
    count = chance.randint(8, 16) if day.weekday() == 6 else chance.randint(18, 32)
    by = Principal(Role.EMPLOYEE, "Maya at the counter", "employee")
    opens = day.replace(hour=3, minute=30, second=0, microsecond=0)
    times = [opens + timedelta(minutes=minute) for minute in sorted(chance.sample(range(9 * 60), count))]
    past = [at for at in times if at < clock.now()]
    with unit_of_work():
        for at in past:
            order = order_service.place(_basket(chance, services), by=by, at=at)
            for event, when in _journey(chance, at, order.due_at):
                order_service.transition(order.id, event, by=by, at=when)
    return len(past)


def _basket(chance: random.Random, services: list[str]) -> dict[str, Any]:
    name = chance.choice((*PEOPLE, "Jane Smith"))
    email = "jane@demo.example" if name == "Jane Smith" else f"customer{PEOPLE.index(name) + 1}@demo.example"
    items = [
        {
            "serviceId": chance.choice(services),
            "quantity": chance.choice((1, 1, 1, 2, 2, 3, 5)),
            "garment": chance.choice(GARMENTS),
            "notes": None,
        }
        for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))
    ]
    phone = f"+9198200{10000 + len(name) * 37 + ord(name[0]) % 97}"
    return {
        "customerName": name,
        "customerEmail": email,
        "customerPhone": phone,
        "items": items,
        "specialInstructions": chance.choice(WISHES),
    }


def _journey(chance: random.Random, placed: datetime, due: datetime) -> Iterator[tuple[Event, datetime]]:
    """What has happened to an order by now: most are done on time, a few are late, a few were cancelled or could not be delivered."""
    if chance.random() < 0.02:
        yield from _until_now([(Event.CANCEL, placed + timedelta(minutes=20))])
        return
    ready = due + timedelta(hours=chance.choice((-6, -4, -3, -2, -2, -1, 3, 9)))
    steps = [(event, placed + (ready - placed) * part) for event, part in zip(JOURNEY, (0.2, 0.35, 0.6, 1.0), strict=True)]
    fetched = ready + timedelta(hours=chance.choice((3, 8, 20, 26, 30, 50, 90)))
    if chance.random() < 0.35:
        steps.append((Event.LOAD, fetched))
        if chance.random() < 0.1:
            steps += [(Event.FAIL_DELIVERY, fetched + timedelta(hours=1)), (Event.LOAD, fetched + timedelta(hours=20))]
        steps.append((Event.DELIVER, fetched + timedelta(hours=22)))
    else:
        steps.append((Event.COLLECT, fetched))
    yield from _until_now(steps)


def _until_now(steps: list[tuple[Event, datetime]]) -> Iterator[tuple[Event, datetime]]:
    now = clock.now()
    for event, when in steps:
        if when > now:
            return
        yield event, when.replace(microsecond=0)
