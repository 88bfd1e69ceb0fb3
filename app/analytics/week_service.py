"""The letter that tells an owner on Monday what the week before came to."""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_skeleton
from babel.numbers import format_currency, format_percent

from app.analytics import metric_rules
from app.analytics.metric_rules import FiguresDict, Grain
from app.analytics.queries import dashboard
from app.analytics.queries.dashboard import DashboardDict
from app.core import clock
from app.core.catalogues import locale_of
from app.core.errors import Unavailable
from app.identity import account_service
from app.notifications import letter_service
from app.notifications.letter_service import Post
from app.tenancy.tenant_service import Business

PAGE = "/admin/figures/"
log = logging.getLogger("fabclean.figures")


class NotCountedYet(Unavailable):
    sentence = "Last week's figures have not been counted since it ended."


class NobodyReached(Unavailable):
    sentence = "The letter with last week's figures reached nobody."


def send(business: Business, *, post: Post, now: datetime) -> int:
    """To every administrator with an address; says to how many. A letter that one of them does not get keeps nobody else's back."""
    this_week = metric_rules.start_of(Grain.WEEK, clock.local_day(now, business.timezone))
    start = metric_rules.after(Grain.WEEK, this_week, -1)
    zone = {"timezone": business.timezone, "currency": business.currency}
    board = dashboard.dashboard(Grain.WEEK, start, None, now=now, **zone)
    counted = board["countedAt"]
    if counted is None or datetime.fromisoformat(counted) < clock.start_of(this_week, business.timezone):
        raise NotCountedYet
    addresses, reached = account_service.addresses_of_administrators(), 0
    for address in addresses:
        link = f"{post.base_url}{PAGE}?grain=week&start={start.isoformat()}"
        values = _values(board, business, post.language)
        letter = letter_service.write("week", address, link=link, language=post.language, business=business.name, **values)
        try:
            post.route.deliver(letter)
            reached += 1
        except Exception as failure:  # the next one's server may answer
            log.error("a letter could not be delivered", extra={"kind": "week", "failure": type(failure).__name__})
    if addresses and not reached:
        raise NobodyReached
    return reached


def _values(board: DashboardDict, business: Business, language: str) -> Mapping[str, str | int]:
    locale = locale_of(language, business.timezone)
    figures, before = board["period"]["figures"], board["before"]["figures"]

    def amount(figures: FiguresDict) -> str:
        return str(format_currency(Decimal(str(figures["revenue"])), business.currency, locale=locale))

    def day(text: str) -> str:
        return str(format_skeleton("MMMd", date.fromisoformat(text), locale=locale))

    share = figures["onTimeShare"]
    counts = {name: figures[name] for name in ("placed", "out", "late", "new", "returning", "lost")}
    return counts | {
        "since": day(board["period"]["start"]),
        "until": day(board["period"]["end"]),
        "revenue": amount(figures),
        "earlier": amount(before),
        "share": "–" if share is None else str(format_percent(share, locale=locale)),
    }
