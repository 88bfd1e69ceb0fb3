"""Which figures there are, and which days, weeks and months they belong to. Days are the business's own."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import TypedDict

from app.core.money import Money

LOST_AFTER = 90  # days without an order
Figures = dict[tuple[str, str], int]  # by scope and name
COUNTED_AT, RETURNING, REVENUE, TAKEN_VALUE = "countedAt", "returning", "revenue", "takenValue"
# Somebody who comes twice in a week is one returning customer of that week, so those are counted anew and not added up.
NOT_ADDED_UP = (COUNTED_AT, RETURNING)
NAMES = (
    "placed", "cancelled", "out", "due", "late", "onTime", "ready", "turnaroundMinutes", REVENUE, "pieces", "new", RETURNING, "lost",
)  # fmt: skip


class FiguresDict(TypedDict):
    """What a period comes to. ``due`` is late, on time, or not yet over; the ratios are null while there is nothing to divide by."""

    placed: int
    cancelled: int
    out: int
    due: int
    late: int
    onTime: int
    ready: int
    turnaroundMinutes: int
    revenue: float
    pieces: int
    new: int
    returning: int
    lost: int
    averageTicket: float | None
    onTimeShare: float | None
    turnaroundHours: float | None


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def start_of(grain: Grain, day: date) -> date:
    """Weeks begin on Monday."""
    if grain == Grain.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == Grain.MONTH else day


def after(grain: Grain, start: date, steps: int = 1) -> date:
    """The start of the period so many steps on, or back."""
    if grain == Grain.MONTH:
        months = start.year * 12 + start.month - 1 + steps
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=steps * (7 if grain == Grain.WEEK else 1))


def last_ones(grain: Grain, newest: date, count: int) -> list[date]:
    return [after(grain, newest, -ago) for ago in range(count - 1, -1, -1)]


def days_between(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


def shown(figures: Mapping[str, int], currency: str) -> FiguresDict:
    """As they go out: every figure, nought or not, and the ratios, which have no value while there is nothing to divide by."""
    counts = {name: figures.get(name, 0) for name in NAMES}
    orders, judged, ready = counts["placed"], counts["onTime"] + counts["late"], counts["ready"]
    ratios = {
        REVENUE: Money(counts[REVENUE], currency).wire(),
        "averageTicket": Money(round(counts[REVENUE] / orders), currency).wire() if orders else None,
        "onTimeShare": round(counts["onTime"] / judged, 4) if judged else None,
        "turnaroundHours": round(counts["turnaroundMinutes"] / ready / 60, 1) if ready else None,
    }
    return {**counts, **ratios}  # type: ignore[typeddict-item]
