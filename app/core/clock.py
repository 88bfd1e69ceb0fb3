"""What time it is: aware, UTC, to the millisecond, because that is what goes over the wire and must come back equal."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def wire(moment: datetime) -> str:
    """``2024-01-10T10:30:00.000Z``, the one form in which a moment leaves the house."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def day_around(moment: datetime, timezone: str) -> tuple[datetime, datetime]:
    """When the day that this moment falls on begins there, and when the next one does; not always 24 hours later."""
    today = local_day(moment, timezone)
    return start_of(today, timezone), start_of(today + timedelta(days=1), timezone)


def local_day(moment: datetime, timezone: str) -> date:
    return moment.astimezone(ZoneInfo(timezone)).date()


def start_of(day: date, timezone: str) -> datetime:
    """When this day begins there."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def wire_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else wire(moment)


def milliseconds(moment: datetime) -> int:
    """Since 1970, exactly: a float would not come back equal."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(count: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=count)
