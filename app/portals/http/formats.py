"""How pages write money, moments, days and spans of time: in the business's zone and currency. Jinja filters, without markup."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g
from jinja2 import StrictUndefined

from app.core import clock, money

_SIGNS = {"INR": "₹", "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def init_app(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined  # a misspelt name is an error in the test, not a hole in the page
    environment.lstrip_blocks = True
    environment.filters |= {"amount": amount, "plain": plain, "moment": moment, "day": day, "full_day": full_day, "span": span, "iso": iso}
    environment.tests["past"] = lambda value: _read(value) < clock.now()


def amount(value: float, currency: str, short: bool = False) -> str:
    """``₹1,20,000.00``; a currency without a well-known sign keeps its code. ``short``: whole amounts without decimals."""
    whole, point, rest = plain(value, currency).partition(".")
    sign = _SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    decimals = "" if short and not rest.strip("0") else point + rest
    return f"{sign}{_grouped(whole, indian=currency == 'INR')}{decimals}"


def plain(value: float, currency: str) -> str:
    """The same as somebody types it into a field: ``120000.00``."""
    return f"{value:.{money.decimals(currency)}f}"


def moment(value: str | datetime) -> str:
    at = _read(value).astimezone(_zone())
    return f"{_day_word(at.date())}, {at:%H:%M}"


def day(value: str | date | datetime) -> str:
    """Of a moment, the day it is in the business's zone; a calendar day is the same everywhere."""
    if isinstance(value, str) and len(value) == len("2026-01-31"):
        return _day_word(date.fromisoformat(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return _day_word(value)
    return _day_word(_read(value).astimezone(_zone()).date())


def full_day(value: datetime) -> str:
    at = value.astimezone(_zone())
    return f"{at:%A} {at.day} {at:%B} {at.year}"


def span(duration: str) -> str:
    """``48h`` as people say it: "2 days"."""
    hours = int(duration.removesuffix("h"))
    count, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def iso(value: str | date | datetime) -> str:
    """For machines: what ``<time datetime>`` holds."""
    return value if isinstance(value, str) else clock.wire(value) if isinstance(value, datetime) else value.isoformat()


def _read(value: str | date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _zone() -> ZoneInfo:
    return ZoneInfo(g.business.timezone)


def _day_word(value: date) -> str:
    today = clock.now().astimezone(_zone()).date()
    near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}.get((value - today).days)
    return near or f"{value:%a} {value.day} {value:%b}" + (f" {value.year}" if value.year != today.year else "")


def _grouped(digits: str, *, indian: bool) -> str:
    """Groups of three; in India twos above the first three."""
    if not indian or len(digits) <= 3:
        return f"{int(digits):,}"
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail])
