"""When a place is open: hours by weekday, closed days, in the business's own zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FARTHEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Opening:
    """Without hours a place never closes; with them, a weekday not named is a day off."""

    zone: ZoneInfo
    hours: Mapping[str, tuple[time, time]] | None = None
    closed_days: frozenset[date] = field(default=frozenset())

    @classmethod
    def of(cls, zone: str, hours: Mapping[str, Any] | None, closed_days: list[str] | None) -> "Opening":
        """From what a store's row holds: ``{"mon": ["09:00", "20:00"]}`` and ``["2030-01-26"]``."""
        read = {day: (time.fromisoformat(opens), time.fromisoformat(closes)) for day, (opens, closes) in hours.items()} if hours else None
        return cls(ZoneInfo(zone), read, frozenset(map(date.fromisoformat, closed_days or ())))

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when the doors are open then; otherwise when they open next."""
        local = moment.astimezone(self.zone)
        day = local.date()
        while day - local.date() < FARTHEST:
            hours = self._hours_on(day)
            if hours is not None:
                opens, closes = (datetime.combine(day, clock, tzinfo=self.zone) for clock in hours)
                if local <= closes:
                    return max(local, opens).astimezone(UTC)
            day += timedelta(days=1)
        return moment  # closed for more than a year: no promise is better than another

    def _hours_on(self, day: date) -> tuple[time, time] | None:
        if day in self.closed_days:
            return None
        return (time.min, time.max) if self.hours is None else self.hours.get(WEEKDAYS[day.weekday()])
