"""How customers and orders are found: by beginnings of words and by digits, and never by reading all there are."""

import pytest
from sqlalchemy import event, select, text

from app.core import migrations
from app.core.session import CONTROL
from app.customers import customer_service, queries
from app.customers.models import CustomerWord
from app.customers.search_rules import meant, words
from app.extensions import db
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.orders import order_service
from app.orders import queries as orders
from tests.support.orders import ORDER
from tests.support.shop import inside

DATA = {**ORDER, "pickupDate": None}
BY = Principal(Role.ADMIN, "tests", "admin", account_id=1)
# Not only the typed order: what the engine prefers must not depend on how common a word is.
TYPED = ["nobody", "alice archer", "alice@", "@example.com", "4155550123", "0123", "#7", "s1nfq9v0a8bc"]


@pytest.fixture
def shop(app):
    with inside(app) as business:
        yield business


@pytest.fixture
def plans(shop):
    """What the database says how it would go about each statement it is sent."""
    engine, seen = db.engines[CONTROL], []
    event.listen(engine, "before_cursor_execute", lambda *said: seen.append(said[2:4]))

    def of_all():
        lite = engine.dialect.name == "sqlite"
        with engine.connect() as connection:
            if not lite:
                connection.execute(text("SET LOCAL enable_seqscan = off"))  # an empty table is read whole, whatever indexes there are
            sent = [(said, values) for said, values in seen if said.startswith("SELECT")]
            explain = "EXPLAIN QUERY PLAN " if lite else "EXPLAIN "
            return [[" ".join(map(str, row)) for row in connection.exec_driver_sql(explain + said, values)] for said, values in sent]

    return of_all


@pytest.mark.parametrize("typed", TYPED)
def test_looks_only_where_an_index_points(plans, typed):
    orders.newest(q=typed)
    queries.find(q=typed)
    orders.find_by_number(typed)
    lines = [line for plan in plans() for line in plan]
    assert lines
    whole = ("Seq Scan", "SCAN orders", "SCAN customer", "ix_orders_created")
    assert [line for line in lines if any(words in line for words in whole)] == []


def test_many_who_are_called_alike_are_found_newest_first(shop, monkeypatch):
    monkeypatch.setattr(queries, "_FEW", 2)
    placed = [order_service.place({**DATA, "customerEmail": None, "customerPhone": f"555-010{n}"}, by=BY).id for n in range(4)]
    other = order_service.place({**DATA, "customerName": "Jane Doe", "customerEmail": None}, by=BY).id
    assert [order["id"] for order in orders.newest(q="smith JA").rows] == placed[::-1]
    assert [order["id"] for order in orders.newest(q="jan doe").rows] == [other]
    assert [customer.phone for customer in queries.find(q="smith", limit=2).rows] == ["555-0103", "555-0102"]


def test_an_order_is_found_by_what_it_says_and_by_whose_it_is(shop):
    jane = customer_service.create({"name": "Jane Smith", "email": "jane@example.com", "phone": "555-7788"}, by=BY)
    data = {**DATA, "customerName": "Uncle Bob", "customerEmail": jane.email, "customerPhone": "+44 7911 123456"}
    order = order_service.place(data, by=BY)
    for typed in ("uncle", "smith", "jane@ex", "07911 123", "3456", f"#{order.number}", str(order.number), order.id):
        assert [found["id"] for found in orders.newest(q=typed).rows] == [order.id], typed
    assert orders.newest(q="ncle").rows == []


def test_what_is_corrected_is_not_found_any_more_but_what_an_order_says_is(shop):
    jane = customer_service.create({"name": "Jane Smyth", "email": "jane@example.com", "phone": "555-7788"}, by=BY)
    order_service.place({**DATA, "customerName": "J. Weber", "customerEmail": jane.email}, by=BY)
    customer_service.change(jane.id, {"name": "Jane Smith", "phone": None}, expected=None, by=BY)
    found = {typed: len(queries.find(q=typed).rows) for typed in ("smyth", "smith", "7788", "weber", "jane")}
    assert found == {"smyth": 0, "smith": 1, "7788": 0, "weber": 1, "jane": 1}


def test_the_migration_finds_the_same_words(app, client):
    client.post("/api/orders", json={**ORDER, "customerName": "Somebody Else"})
    with inside(app):
        engine, all_words = (
            db.engines[CONTROL],
            select(CustomerWord.word, CustomerWord.customer_id).order_by(*CustomerWord.__table__.columns),
        )
        before = db.session.execute(all_words).all()
        db.session.rollback()
        migrations.downgrade(engine, "tenant", "0007")
        migrations.upgrade(engine, "tenant")
        assert db.session.execute(all_words).all() == before
    assert len(before) > 20


@pytest.mark.parametrize(
    ("on_file", "typed"),
    [
        (("René Gómez-O'Brien", None, None), "gom rene obri"),
        (("अनीता शर्मा", None, None), "शर् अनी"),
        (("Straße GmbH", None, None), "STRASSE"),
        (("N", "a.b+c@Hilton.example", None), "@hilton"),
        (("N", "a.b+c@Hilton.example", None), "a.b"),
        (("N", None, "+91 98765 00043"), "098765"),
        (("N", None, "+91 98765 00043"), "0043"),
        (("N", None, "112"), "112"),
    ],
)
def test_finds_it_however_it_was_typed(on_file, typed):
    assert all(any(word.startswith(part) for word in words(*on_file) for part in parts) for parts in meant(typed))


def test_nothing_is_meant_by_nothing_and_a_very_long_word_still_by_itself(shop):
    assert meant("-- ,") == []
    assert queries.find(q="-- ,").rows == []
    customer_service.create({"name": "x" * 100}, by=BY)
    assert len(queries.find(q="x" * 100).rows) == 1
