"""Which archives are kept: all of the last two days, then one a day, a week, a month."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

EVERYTHING = timedelta(days=2)


class Dated(Protocol):
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...


T = TypeVar("T", bound=Dated)


def to_remove(archives: Sequence[T], now: datetime, *, days: int, weeks: int, months: int) -> list[T]:
    """Of one scope, the oldest first. The newest full one always stays, and so does whatever a newer archive is the rest of."""
    fulls = [one for one in archives if one.kind == "full"]
    recent = [one for one in fulls if one.at > now - EVERYTHING]
    before = [one for one in fulls if one.at <= now - EVERYTHING][-1:]  # what was added to it may be of the last two days
    kept = recent + before + fulls[-1:]
    since = min((one.at for one in before or recent), default=now)
    more = [one for one in archives if one.kind != "full" and one.at >= since]
    newest_first = list(reversed(fulls))
    kept += _one_each(newest_first, now - timedelta(days=days), lambda day: (day.year, day.month, day.day))
    kept += _one_each(newest_first, now - timedelta(weeks=weeks), lambda day: day.isocalendar()[:2])
    kept += _one_each(newest_first, now - timedelta(days=31 * months), lambda day: (day.year, day.month))
    staying = {id(one) for one in (*kept, *more)}
    return [one for one in archives if id(one) not in staying]


def _one_each(newest_first: Iterable[T], since: datetime, period) -> list[T]:  # type: ignore[no-untyped-def]
    last_of: dict[tuple[int, ...], T] = {}
    for one in newest_first:
        if one.at > since:
            last_of.setdefault(tuple(period(_day(one.at))), one)
    return list(last_of.values())


def _day(moment: datetime) -> date:
    return moment.date()
