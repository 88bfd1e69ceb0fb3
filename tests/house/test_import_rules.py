import pytest

from tests.house.import_rules import ROOT, violations

FILES = sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "app").rglob("*.py"))


def test_every_room_keeps_to_its_imports():
    found = [sentence for file in FILES for sentence in violations(file, (ROOT / file).read_text())]
    assert not found, "\n".join(found)
    assert len(FILES) > 80, "the files were not found"


VIOLATIONS = {
    "a domain calls upwards": ("app/customers/customer_service.py", "from app.orders import queries"),
    "a domain imports a portal": ("app/orders/order_service.py", "from app.portals.http.guard import who"),
    "neighbours call each other": ("app/transit/transit_service.py", "from app.logistics import queries"),
    "core knows a domain": ("app/core/money.py", "from app.catalogue.errors import UnknownService"),
    "core knows the request": ("app/core/clock.py", "from flask import request"),
    "core is asked for what a room may not use": ("app/orders/order_rules.py", "from app.core import ids"),
    "a package without a floor": ("app/attic/models.py", "from app.core import clock"),
    "a package without a floor is called": ("app/orders/order_service.py", "from app.attic import queries"),
    "a relative import": ("app/orders/order_service.py", "from . import queries"),
    "a model calls its service": ("app/orders/models.py", "from app.orders import order_service"),
    "a model knows another domain's": ("app/orders/models.py", "from app.customers.models import Customer"),
    "a model knows its schema": ("app/orders/models.py", "from app.orders.schemas import OrderCreate"),
    "an error knows more than its kind": ("app/orders/errors.py", "from app.orders.models import Order"),
    "an event knows more than its name": ("app/orders/events.py", "from app.orders import order_service"),
    "a schema asks the database": ("app/orders/schemas.py", "from app.extensions import db"),
    "a schema asks a query": ("app/orders/schemas.py", "from app.orders import queries"),
    "a schema knows Flask": ("app/orders/schemas.py", "from flask import request"),
    "a rule asks the database": ("app/orders/order_rules.py", "from sqlalchemy import select"),
    "a rule knows a model": ("app/orders/order_rules.py", "from app.orders.models import Order"),
    "a rule knows Flask": ("app/orders/order_rules.py", "import flask"),
    "a rule imports the clock": ("app/orders/order_rules.py", "from app.core import clock"),
    "a rule asks the clock": ("app/orders/order_rules.py", "from datetime import datetime\nsoon = datetime.now()"),
    "a rule reads a file": ("app/orders/order_rules.py", "from pathlib import Path"),
    "a query opens a unit of work": ("app/orders/queries.py", "from app.core.unit_of_work import unit_of_work"),
    "a query adds": ("app/orders/queries.py", "def f(db, order):\n    db.session.add(order)"),
    "a query updates": ("app/orders/queries.py", "from sqlalchemy import update\nraised = update(Order)"),
    "a query knows another domain's models": ("app/orders/queries.py", "from app.customers.models import Customer"),
    "a service knows Flask": ("app/orders/order_service.py", "from flask import current_app"),
    "a service knows a schema": ("app/orders/order_service.py", "from app.orders.schemas import OrderCreate"),
    "a service knows another domain's models": ("app/orders/order_service.py", "from app.catalogue.models import Service"),
    "a service knows another domain's rules": ("app/orders/order_service.py", "from app.identity.password_rules import check"),
    "a door knows a model": ("app/portals/admin/orders.py", "from app.orders.models import Order"),
    "a door asks the database": ("app/portals/admin/orders.py", "from app.extensions import db"),
    "a door writes SQL": ("app/portals/admin/orders.py", "from sqlalchemy import select"),
    "a door commits": ("app/portals/admin/orders.py", "from app.core.unit_of_work import unit_of_work"),
    "a door applies a rule": ("app/portals/admin/orders.py", "from app.orders.order_rules import total"),
    "a portal knows another": ("app/portals/admin/orders.py", "from app.portals.customer import home"),
    "what all portals share asks the database": ("app/portals/http/guard.py", "from app.extensions import db"),
    "a command knows a model": ("app/cli/accounts.py", "from app.identity.models import Account"),
    "a command writes SQL": ("app/cli/accounts.py", "from sqlalchemy import update"),
    "a command calls a portal": ("app/cli/accounts.py", "from app.portals.http import guard"),
}


@pytest.mark.parametrize(("path", "source"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_notices_that(path, source):
    assert len(violations(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("app/portals/admin/orders.py", "from app.orders.models import OrderDict"),
        ("app/portals/admin/orders.py", "from app.orders.order_rules import Status"),
        ("app/orders/order_rules.py", "from app.identity.permissions import Role"),
        ("app/orders/schemas.py", "from app.catalogue.schemas import SERVICE_ID"),
        ("app/orders/models.py", "from app.orders.order_rules import Status"),
        ("app/orders/models.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.customers.models import Customer"),
        ("app/core/session.py", "from flask_sqlalchemy import SQLAlchemy"),
        ("app/analytics/queries.py", "from app.orders.models import Order"),
        ("app/orders/queries.py", "def f(names):\n    names.add('a set is not a session')"),
    ],
)
def test_accepts_what_is_meant_to_be(path, source):
    assert violations(path, source) == []
