"""When a job is to run. An occurrence has a name, and two schedulers that see the same one call it the same.

What means a business's day is a local time and is named by the local date: the day the clock is put forward or back has one occurrence
as every other day has. A time that the clock leaps over is the moment after the leap; of a time that comes twice the first counts.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# After so many failures, the next try comes this much later; after the last one a run is put aside.
WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
MOST_ATTEMPTS = len(WAITS) + 1
RESENT_AFTER = timedelta(minutes=2)  # a message that nobody has acted upon


@dataclass(frozen=True, slots=True)
class Occurrence:
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Every:
    """So many minutes, counted in UTC: for chores that no business's day has anything to do with."""

    minutes: int

    def last(self, now: datetime, timezone: str) -> Occurrence:
        seconds = int(now.timestamp()) // (60 * self.minutes) * 60 * self.minutes
        at = datetime.fromtimestamp(seconds, UTC)
        return Occurrence(at.strftime("%Y-%m-%dT%H:%MZ"), at)

    def next(self, now: datetime, timezone: str) -> Occurrence:
        return self.last(now + timedelta(minutes=self.minutes), timezone)


@dataclass(frozen=True, slots=True)
class Daily:
    at: time
    weekday: int | None = None  # 0 is Monday; None is every day

    def last(self, now: datetime, timezone: str) -> Occurrence:
        """The newest one that has come; names are handed out by date, so a clock that is put back repeats none."""
        return next(found for found in self._around(now, timezone, back=True) if found.at <= now)

    def next(self, now: datetime, timezone: str) -> Occurrence:
        return next(found for found in self._around(now, timezone, back=False) if found.at > now)

    def _around(self, now: datetime, timezone: str, *, back: bool) -> list[Occurrence]:
        today = now.astimezone(ZoneInfo(timezone)).date()
        days = [today + timedelta(days=-away if back else away) for away in range(-1, 9)]
        return [self._on(day, timezone) for day in days if self.weekday in (None, day.weekday())]

    def _on(self, day: date, timezone: str) -> Occurrence:
        return Occurrence(day.isoformat(), datetime.combine(day, self.at, ZoneInfo(timezone)).astimezone(UTC))


Schedule = Every | Daily


def wait_after(attempts: int) -> timedelta | None:
    """How long after this many tries the next one comes; None when it has been enough."""
    return WAITS[attempts - 1] if 0 < attempts <= len(WAITS) else None
