"""The same value comes back from both engines, compares the same way there, and what does not fit is refused by both."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select, text
from sqlalchemy.exc import DatabaseError, StatementError

from app.core import clock
from app.core.columns import BigInt, CalendarDate, Flag, Json, UtcDateTime
from app.core.engine import make_engine

THINGS = Table(
    "thing",
    MetaData(),
    Column("id", BigInt, primary_key=True),
    Column("at", UtcDateTime),
    Column("day", CalendarDate),
    Column("flag", Flag),
    Column("document", Json),
    Column("number", BigInt),
)
NOON = datetime(2026, 3, 29, 12, 0, 0, 125000, tzinfo=UTC)


@pytest.fixture
def connection(empty_database_url):
    engine = make_engine(empty_database_url)
    with engine.begin() as connection:
        THINGS.metadata.create_all(connection)
        yield connection
    engine.dispose()


def stored(connection, column, value):
    connection.execute(THINGS.delete())
    connection.execute(insert(THINGS).values({column: value}))
    return connection.scalar(select(THINGS.c[column]))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", NOON),
        ("at", datetime(1970, 1, 1, tzinfo=UTC)),
        ("at", datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        ("at", None),
        ("day", date(2024, 2, 29)),
        ("day", None),
        ("flag", True),
        ("flag", False),
        ("flag", None),
        ("document", {"name": "Zoë 王 🧺", "list": [1, 2.5, None, True], "empty": {}}),
        ("document", []),
        ("document", None),
        ("number", 2**62),
        ("number", -(2**62)),
    ],
)
def test_comes_back_as_it_was_stored(connection, column, value):
    back = stored(connection, column, value)
    assert back == value
    assert type(back) is type(value)


def test_a_moment_comes_back_in_utc_whatever_its_zone(connection):
    kolkata = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert stored(connection, "at", kolkata).tzinfo == UTC
    assert stored(connection, "at", kolkata) == NOON


def test_refuses_a_moment_without_a_zone(connection):
    with pytest.raises(StatementError, match="without a zone"):
        stored(connection, "at", NOON.replace(tzinfo=None))


def test_now_comes_back_equal(connection):
    now = clock.now()
    assert stored(connection, "at", now) == now


def test_moments_sort_and_compare_like_time(connection):
    moments = [NOON + timedelta(milliseconds=step) for step in (-86_400_000, -1, 0, 1, 999, 86_400_000 * 300)]
    connection.execute(insert(THINGS), [{"at": moment} for moment in reversed(moments)])
    assert list(connection.scalars(select(THINGS.c.at).order_by(THINGS.c.at))) == moments
    assert list(connection.scalars(select(THINGS.c.at).where(THINGS.c.at < NOON).order_by(THINGS.c.at))) == moments[:2]


def test_a_flag_can_be_asked_for_by_itself(connection):
    connection.execute(insert(THINGS), [{"flag": True}, {"flag": False}, {"flag": None}])
    assert connection.scalars(select(THINGS.c.flag).where(THINGS.c.flag)).all() == [True]
    assert connection.scalars(select(THINGS.c.flag).where(~THINGS.c.flag)).all() == [False]


@pytest.mark.parametrize("value", ["many", "1.5", "12 pieces"])
def test_a_number_column_takes_only_numbers(connection, value):
    """SQLite would store the word, were its tables not STRICT."""
    with pytest.raises(DatabaseError):
        connection.execute(text("INSERT INTO thing (number) VALUES (:value)"), {"value": value})


def test_the_wire_text_is_the_moment():
    assert clock.wire(NOON) == "2026-03-29T12:00:00.125Z"
    assert clock.from_milliseconds(clock.milliseconds(NOON)) == NOON
