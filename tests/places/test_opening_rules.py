"""Open or not, in the shop's own zone, over closed days and the nights the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.places.opening_rules import WEEKDAYS, Opening

BERLIN = ZoneInfo("Europe/Berlin")
SHOP = Opening.of("Europe/Berlin", {day: ["09:00", "18:00"] for day in WEEKDAYS[:6]}, ["2030-01-01"])


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (berlin(2030, 1, 2, 12, 30), berlin(2030, 1, 2, 12, 30)),  # open
        (berlin(2030, 1, 2, 9), berlin(2030, 1, 2, 9)),  # just opening
        (berlin(2030, 1, 2, 18), berlin(2030, 1, 2, 18)),  # just closing
        (berlin(2030, 1, 2, 18, 1), berlin(2030, 1, 3, 9)),  # in the evening
        (berlin(2030, 1, 2, 3), berlin(2030, 1, 2, 9)),  # in the night
        (berlin(2030, 1, 5, 19), berlin(2030, 1, 7, 9)),  # Saturday evening to Monday
        (berlin(2029, 12, 31, 19), berlin(2030, 1, 2, 9)),  # over New Year's Day
        (berlin(2030, 3, 31, 2, 30), berlin(2030, 4, 1, 9)),  # the Sunday with 23 hours
    ],
)
def test_the_next_open_moment(moment, opens):
    assert SHOP.next_open(moment) == opens


def test_without_hours_a_shop_never_closes_but_on_closed_days():
    always = Opening(BERLIN, None, frozenset({date(2030, 1, 1)}))
    assert always.next_open(berlin(2030, 1, 2, 3)) == berlin(2030, 1, 2, 3)
    assert always.next_open(berlin(2030, 1, 1, 3)) == berlin(2030, 1, 2)


def test_closed_for_ever_promises_nothing_worse():
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    never = Opening(BERLIN, {})
    assert never.next_open(moment) == moment


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "UTC"])
def test_every_hour_of_a_year_leads_to_an_open_one(zone):
    opening = Opening.of(zone, {"tue": ["07:30", "12:00"], "fri": ["22:00", "23:59"]}, ["2030-03-05"])
    for hour in range(0, 24 * 366, 5):
        moment = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        local = opening.next_open(moment).astimezone(ZoneInfo(zone))
        assert local >= moment
        assert WEEKDAYS[local.weekday()] in ("tue", "fri")
        assert local.date() != date(2030, 3, 5)
