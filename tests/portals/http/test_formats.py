"""How pages write money and moments, in the business's zone."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import g

from app.core import clock
from app.portals.http import formats


@pytest.fixture
def written_in(app):
    """Within a request whose reader speaks this language, of a business in this zone."""
    with ExitStack() as stack:

        def enter(language: str, timezone: str) -> None:
            stack.enter_context(app.test_request_context("/", headers={"Accept-Language": language}))
            app.preprocess_request()
            g.business = replace(g.business, timezone=timezone)

        yield enter


@pytest.mark.parametrize(
    ("language", "timezone", "value", "currency", "written"),
    [
        ("en", "Asia/Kolkata", 0, "INR", "₹0.00"),
        ("en", "Asia/Kolkata", 999.5, "INR", "₹999.50"),
        ("en", "Asia/Kolkata", 1000, "INR", "₹1,000.00"),
        ("en", "Asia/Kolkata", 120000, "INR", "₹1,20,000.00"),
        ("hi", "Asia/Kolkata", 12345678.9, "INR", "₹1,23,45,678.90"),
        ("en", "Europe/Dublin", 1234567, "EUR", "€1,234,567.00"),
        ("en", "Europe/Berlin", 1234567, "EUR", "1.234.567,00\xa0€"),
        ("en", "Asia/Tokyo", 1234567, "JPY", "¥1,234,567"),
        ("en", "Asia/Kuwait", 1.5, "KWD", "KWD1.500"),
    ],
)
def test_amounts_are_written_as_where_the_business_is(written_in, language, timezone, value, currency, written):
    written_in(language, timezone)
    assert formats.amount(value, currency) == written


def test_a_short_amount_loses_only_decimals_that_say_nothing(written_in):
    written_in("en", "Asia/Kolkata")
    assert formats.amount(200, "INR", short=True) == "₹200"
    assert formats.amount(99.5, "INR", short=True) == "₹99.50"


def test_a_field_shows_what_somebody_would_type():
    assert formats.plain(120000, "INR") == "120000.00"


@pytest.mark.parametrize(
    ("hours", "said"), [("1h", "1 hour"), ("12h", "12 hours"), ("24h", "1 day"), ("36h", "36 hours"), ("72h", "3 days")]
)
def test_spans(hours, said):
    assert formats.span(hours) == said


def test_moments_are_those_of_the_shops_clock(app):
    with app.test_request_context("/"):
        app.preprocess_request()  # the business is in Asia/Kolkata, five and a half hours ahead
        assert formats.moment("2020-03-01T20:00:00.000Z") == "Mon, 2 Mar, 2020, 01:30"
        assert formats.day("2020-03-01T20:00:00.000Z") == "Mon, 2 Mar, 2020"
        assert formats.day("2020-03-01") == "Sun, 1 Mar, 2020"
        now = clock.now()
        assert formats.moment(now).startswith("Today, ")
        assert formats.moment(now + timedelta(days=1)).startswith("Tomorrow, ")
        assert formats.moment(now - timedelta(days=1)).startswith("Yesterday, ")


def test_a_day_begins_at_the_shops_midnight_and_is_not_always_24_hours_long():
    begins, ends = clock.day_around(datetime(2026, 3, 29, 12, tzinfo=UTC), "Europe/Berlin")
    assert (begins, ends - begins) == (datetime(2026, 3, 28, 23, tzinfo=UTC), timedelta(hours=23))


@pytest.mark.parametrize(
    ("client", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8.5.0", ""),
    ],
)
def test_what_somebody_signed_in_with(client, said):
    assert formats.browser(client) == said
