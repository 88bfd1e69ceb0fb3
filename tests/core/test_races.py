"""Eight real processes read, think and write at the same moment, and nothing is lost. Beside each, what happens without the guard."""

import pytest
from sqlalchemy import func, select, text

from app.catalogue.models import Service
from app.core.engine import make_engine
from app.customers.models import Customer
from app.orders.models import Order, TicketCounter
from tests.support.processes import at_once
from tests.support.shop import settings

PROCESSES, TIMES = 4, 25
pytestmark = pytest.mark.slow


@pytest.fixture
def ask(database_url):
    engine = make_engine(database_url)

    def one(question):
        with engine.connect() as connection:
            return connection.scalar(question)

    yield one
    engine.dispose()


def raised_by(ask, database_url, how):
    """How much higher the price is after everybody has raised it, and how often somebody was told that they had."""
    price = select(Service.price_minor).where(Service.id == "s1")
    before = ask(price)
    told = sum(map(int, at_once(PROCESSES, "tests.core.programs.change_price", how, str(TIMES), **settings(database_url))))
    return ask(price) - before, told


def test_no_change_of_a_versioned_row_is_lost(ask, database_url):
    assert raised_by(ask, database_url, "versioned") == (PROCESSES * TIMES, PROCESSES * TIMES)


def test_every_order_gets_the_next_number(ask, database_url):
    outputs = at_once(PROCESSES, "tests.core.programs.place_orders", str(TIMES), **settings(database_url))
    numbers = [int(number) for output in outputs for number in output.split()]
    assert sorted(numbers) == list(range(1, PROCESSES * TIMES + 1))
    assert ask(select(func.count()).select_from(Order)) == ask(select(TicketCounter.last_number)) == len(numbers)
    assert ask(select(func.count()).where(Customer.name == "Dora")) == TIMES


def test_on_sqlite_a_unit_of_work_is_alone(sqlite_databases):
    """``BEGIN IMMEDIATE``: what was read cannot change before it is written. (PostgreSQL needs the version or a row lock.)"""
    url = sqlite_databases.filled()
    engine = make_engine(url)
    with engine.connect() as connection:
        before = connection.scalar(text("SELECT price_minor FROM service WHERE id = 's1'"))
    at_once(PROCESSES, "tests.core.programs.change_price", "serial", str(TIMES), **settings(url))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT price_minor FROM service WHERE id = 's1'")) == before + PROCESSES * TIMES
    engine.dispose()


def test_without_the_guards_changes_are_lost(ask, database_url):
    """The control: an engine as one finds x every change and keeps only some. If this fails, the tests above prove nothing."""
    raised, told = raised_by(ask, database_url, "bare")
    assert told == PROCESSES * TIMES
    assert raised < told
