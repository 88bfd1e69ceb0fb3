"""Which archives stay."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.backups.keeping_rules import to_remove

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Archive:
    at: datetime
    kind: str = "full"


def kept(archives, days=30, weeks=8, months=12):
    gone = to_remove(archives, NOW, days=days, weeks=weeks, months=months)
    return [one for one in archives if one not in gone]


def test_a_year_of_daily_archives_becomes_thirty_days_eight_weeks_and_twelve_months():
    archives = [Archive(NOW - timedelta(days=ago)) for ago in range(800, -1, -1)]
    left = kept(archives)
    ages = [(NOW - one.at).days for one in left]
    assert set(range(30)) <= set(ages)
    assert len([age for age in ages if 30 <= age < 56]) in (3, 4, 5)
    assert len({(one.at.year, one.at.month) for one in left}) in (12, 13)
    assert max(ages) < 372
    assert kept(left) == left


def test_what_was_added_in_the_last_two_days_stays_with_what_it_was_added_to():
    fulls = [Archive(NOW - timedelta(hours=hours)) for hours in (90, 66, 42, 18)]
    more = [Archive(one.at + timedelta(hours=hours), "more") for one in fulls for hours in (1, 20)]
    left = kept(sorted([*fulls, *more], key=lambda one: one.at), days=0, weeks=0, months=0)
    assert left == [one for one in sorted([*fulls, *more], key=lambda one: one.at) if one.at >= fulls[1].at]


def test_the_last_one_stays_however_old_it_is():
    old = [Archive(NOW - timedelta(days=900)), Archive(NOW - timedelta(days=899)), Archive(NOW - timedelta(days=898), "more")]
    assert kept(old)[0] == old[1]
