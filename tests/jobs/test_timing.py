"""When a job is due: once on each of a business's days, whatever its clocks do, and whatever ours does."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.jobs.timing_rules import MOST_ATTEMPTS, WAITS, Daily, Every, wait_after

# Half an hour at a time over the days around each change of the clocks in 2026, in zones that change at midnight, at two, by half an
# hour, or never, and in one that left out a whole day.
ZONES = {
    "Europe/Berlin": ("2026-03-28", "2026-10-24"), "America/New_York": ("2026-03-07", "2026-10-31"),
    "America/Santiago": ("2026-04-03", "2026-09-04"), "Australia/Lord_Howe": ("2026-04-03", "2026-10-02"),
    "Africa/Cairo": ("2026-04-22", "2026-10-28"), "Asia/Kolkata": ("2026-02-27",), "Pacific/Apia": ("2011-12-28",),
    "Asia/Beirut": ("2026-03-27", "2026-10-23"), "Pacific/Kiritimati": ("2028-02-27",),
}  # fmt: skip
TIMES = (time(0, 0), time(0, 5), time(1, 30), time(2, 15), time(2, 30), time(7, 0), time(23, 59))


@pytest.mark.parametrize("timezone", ZONES)
def test_a_business_s_day_has_one_occurrence(timezone):
    for begin in ZONES[timezone]:
        start = datetime.fromisoformat(begin).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
        for at in TIMES:
            seen = [Daily(at).last(start + timedelta(minutes=30 * step), timezone) for step in range(1, 48 * 4)]
            assert seen == sorted(seen, key=lambda one: one.at)
            names = list(dict.fromkeys(one.name for one in seen))
            days = {(start + timedelta(minutes=30 * step)).astimezone(ZoneInfo(timezone)).date().isoformat() for step in range(1, 48 * 4)}
            assert days - set(names) <= {max(days)}  # on the last one it may not have come yet
            for one in seen:
                local = one.at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
                late = local - datetime.combine(datetime.fromisoformat(one.name), at)
                assert timedelta() <= late <= timedelta(days=1)  # later only where the clock leapt over it


def test_a_clock_that_is_put_back_makes_no_new_name():
    evening = datetime(2026, 11, 20, 18, 31, tzinfo=UTC)  # one minute past midnight in Kolkata
    today = Daily(time(0, 0)).last(evening, "Asia/Kolkata")
    before = Daily(time(0, 0)).last(evening - timedelta(hours=2), "Asia/Kolkata")
    assert (before.name, today.name) == ("2026-11-20", "2026-11-21")


def test_weekly_is_on_its_weekday_and_every_so_many_minutes_on_the_minute():
    friday = datetime(2026, 11, 20, 18, 47, 11, tzinfo=UTC)
    monday = Daily(time(7), weekday=0)
    assert (monday.last(friday, "Europe/Berlin").name, monday.next(friday, "Europe/Berlin").name) == ("2026-11-16", "2026-11-23")
    assert monday.last(datetime(2026, 11, 23, 5, 59, tzinfo=UTC), "Europe/Berlin").name == "2026-11-16"
    assert monday.last(datetime(2026, 11, 23, 6, 0, tzinfo=UTC), "Europe/Berlin").name == "2026-11-23"
    assert (Every(10).last(friday, "UTC").name, Every(10).next(friday, "UTC").name) == ("2026-11-20T18:40Z", "2026-11-20T18:50Z")


def test_waits_longer_each_time_and_then_no_more():
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits == [*WAITS, None]
    assert sorted(WAITS) == list(WAITS)
