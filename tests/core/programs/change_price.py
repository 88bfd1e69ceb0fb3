"""Raises the price of a service by one, so many times: reads, adds, writes. ``how`` says with which guard.

``versioned``   as the admin's portal does it: the version that was read must still be the one, or it is done again
``serial``      reading and writing inside one unit of work, which on SQLite nobody else can enter meanwhile
``bare``        the control experiment: SQLAlchemy as one finds it, without any of the above
"""

import sys
from decimal import Decimal

from sqlalchemy import create_engine, text

from app import config, create_app
from app.catalogue import queries, service_service
from app.core.errors import StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity.principal import Principal
from app.tenancy import tenant_service
from tests.support.processes import wait_for_the_others

how, times = sys.argv[1], int(sys.argv[2])
BY = Principal.command_line("tests")


def versioned() -> None:
    while True:
        service = queries.get("s1")
        price, version = service.price_minor, service.version
        db.session.rollback()
        try:
            service_service.update("s1", {"price": Decimal(price + 1) / 100}, expected=version, by=BY)
        except StaleVersion:
            continue
        return


def serial() -> None:
    with unit_of_work():
        service = queries.get("s1")
        service.price_minor = service.price_minor + 1


def bare() -> None:
    with naked.begin() as connection:
        price = connection.scalar(text("SELECT price_minor FROM service WHERE id = 's1'"))
        connection.execute(text("UPDATE service SET price_minor = :price WHERE id = 's1'"), {"price": price + 1})


settings = config.load()
naked = create_engine(settings["DATABASE_URL"])
app = create_app(settings)
change = {"versioned": versioned, "serial": serial, "bare": bare}[how]
with app.app_context(), tenant_service.use_tenant("main"):
    wait_for_the_others()
    for _ in range(times):
        change()
    print(times)
