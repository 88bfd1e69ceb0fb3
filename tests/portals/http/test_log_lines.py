"""Each line of the log says which request it belongs to, whose business and which person; a page that asks too much is named."""

import logging

import pytest
from flask import g
from sqlalchemy import select, text

from app import logs
from app.core import statements
from app.customers.models import Customer
from app.extensions import db
from app.tenancy import tenant_service
from tests.support.shop import inside


@pytest.fixture
def lines(app):
    """What the application writes, as the formatter gets it."""
    written = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(logs._add_whose(None, "", dict(record.__dict__)))
    logger = logging.getLogger("fabclean")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_a_request_says_whose_it_was_and_what_it_asked(alice, lines):
    assert alice.get("/api/orders", headers={"X-Request-Id": "seven-herons"}).status_code == 200
    line = lines[-1]
    assert (line["request_id"], line["tenant"]) == ("seven-herons", "main")
    assert line["account"] is not None
    assert line["db_queries"] > 0
    assert 0 < line["db_ms"] <= line["ms"]


def test_a_line_without_a_request_says_whose_business(app, lines):
    with inside(app):
        logging.getLogger("fabclean.housekeeping").info("swept")
    logging.getLogger("fabclean.housekeeping").info("rested")
    assert [line.get("tenant") for line in lines] == ["main", None]
    assert tenant_service.find_current() is None


def ask(app, client, times, *statements_asked):
    """A page that asks for each row by itself."""

    def page():
        for _ in range(times):
            for statement in statements_asked:
                db.session.execute(statement)
        return {"id": g.request_id}

    app.view_functions["public.live"], kept = page, app.view_functions["public.live"]
    page.door = kept.door
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.portals.http.every_request.WITHOUT_BUSINESS", ())
        assert client.get("/health/live").status_code == 200
    app.view_functions["public.live"] = kept


def test_the_same_statement_again_and_again_is_warned_of(app, client, lines):
    ask(app, client, statements.OFTEN, select(Customer.id))
    assert [line["levelname"] for line in lines] == ["INFO"]
    ask(app, client, statements.OFTEN + 1, select(Customer.id).where(Customer.name == "Asha Verma"))
    warning = lines[1]
    assert (warning["levelname"], warning["times"], warning["route"]) == ("WARNING", 11, "/health/live")
    assert "customer" in warning["statement"]
    assert "Asha" not in warning["statement"]


def test_many_different_statements_are_warned_of(app, client, lines):
    ask(app, client, 1, *(text(f"SELECT {number} FROM customer") for number in range(statements.MANY + 1)))
    assert lines[0]["levelname"] == "WARNING"
    assert lines[0]["count"] > statements.MANY


def test_what_is_not_a_request_is_not_counted(app):
    with inside(app), statements.counting() as mine:
        db.session.execute(select(Customer.id))
        with statements.counting() as inner:
            db.session.execute(select(Customer.id))
    assert (mine.count, inner.count) == (1, 1)
