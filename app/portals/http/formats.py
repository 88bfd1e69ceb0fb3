"""How pages write money, moments, days and spans of time: in the business's zone and the reader's language. Jinja filters, no markup."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency
from babel.units import format_unit
from flask import Flask, g
from jinja2 import StrictUndefined

from app.core import clock, money
from app.portals.http.languages import gettext, locale

# The order matters: nearly all claim to be Mozilla and Safari, and Android to be Linux.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"))


def init_app(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined  # a misspelt name is an error in the test, not a hole in the page
    environment.lstrip_blocks = True
    environment.filters |= {
        "amount": amount,
        "plain": plain,
        "moment": moment,
        "day": day,
        "full_day": full_day,
        "span": span,
        "iso": iso,
        "browser": browser,
    }
    environment.tests["past"] = lambda value: _read(value) < clock.now()


def amount(value: float, currency: str, short: bool = False) -> str:
    """``₹1,20,000.00``, as it is written where the business is. ``short``: whole amounts without decimals."""
    exact = Decimal(plain(value, currency))
    if short and exact == exact.to_integral_value():
        pattern = locale().currency_formats["standard"].pattern.replace(".00", "")
        return format_currency(exact, currency, format=pattern, locale=locale(), currency_digits=False)
    return format_currency(exact, currency, locale=locale())


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
    return format_date(value.astimezone(_zone()).date(), "full", locale=locale())


def span(duration: str) -> str:
    """``48h`` as people say it: "2 days"."""
    hours = int(duration.removesuffix("h"))
    count, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return format_unit(count, f"duration-{unit}", locale=locale())


def iso(value: str | date | datetime) -> str:
    """For machines: what ``<time datetime>`` holds."""
    return value if isinstance(value, str) else clock.wire(value) if isinstance(value, datetime) else value.isoformat()


def browser(client: str) -> str:
    """What somebody signed in with, from what it calls itself: "Firefox, Android". Empty when it is nothing known."""
    program = next((name for mark, name in BROWSERS if mark in client), "")
    system = next((name for mark, name in SYSTEMS if mark in client), "")
    return ", ".join(filter(None, (program, system)))


def _read(value: str | date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _zone() -> ZoneInfo:
    return ZoneInfo(g.business.timezone)


def _day_word(value: date) -> str:
    today = clock.now().astimezone(_zone()).date()
    near = {-1: gettext("Yesterday"), 0: gettext("Today"), 1: gettext("Tomorrow")}.get((value - today).days)
    return near or format_skeleton("MMMEd" if value.year == today.year else "yMMMEd", value, locale=locale())
