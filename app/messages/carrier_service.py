"""Carries a message to a customer: looks up what is true now, says it in their language, and hands it to the way they chose."""

import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_skeleton
from babel.numbers import format_currency

from app.clients.mail.letter import Letter
from app.clients.outbound import CannotGo
from app.clients.texts import Refused, Texts
from app.core import money
from app.core.catalogues import ENGLISH, filled, locale_of, territory_of
from app.core.unit_of_work import stop_reading
from app.core.words import say
from app.customers import queries as customers
from app.messages import message_rules, queries
from app.messages.message_rules import Channel, Occasion
from app.notifications import letter_service
from app.notifications.letter_service import Post
from app.notifications.outbox_service import Again, Done, Outcome, Parked
from app.orders import queries as orders
from app.tenancy.tenant_service import Business, current_business

if TYPE_CHECKING:
    from app.customers.models import Customer
    from app.notifications.models import Outgoing

FOOTER = say("You get this as a customer of %(business)s. To get no more of these: %(link)s")
TRACKING_PAGE = "/track/"


@dataclass(frozen=True, slots=True)
class Ways:
    """How messages leave the house, from the settings. ``post`` is None while nobody has said what this house's address is."""

    post: Post | None
    texts: Texts
    unsubscribe_link: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class _Message:
    to: str
    subject: str
    body: str
    short: str
    customer_id: int
    language: str


def carry(message: "Outgoing", now: datetime, *, ways: Ways) -> Outcome:
    if ways.post is None:
        return Again(now + message_rules.WAITS[-2], "no public address is set", shut=False)
    customer, setting = customers.find_current(int(message.target)), queries.setting()
    if customer is None or message.topic in setting.off or not _is_wanted(message.route, customer, setting.channels):
        return Parked("not wanted")
    quiet = message_rules.held_until(now, setting.quiet_from, setting.quiet_until, current_business().timezone)
    if quiet is not None:
        return Again(quiet, "quiet hours", shut=False)
    said = _write(message, customer, ways.post)
    if isinstance(said, Parked):
        return said
    stop_reading()  # nobody waits for a mail server with a connection in hand
    try:
        _hand_over(message, said, ways)
    except (smtplib.SMTPRecipientsRefused, Refused, CannotGo) as failure:
        return Parked(type(failure).__name__)  # its words may hold an address
    except Exception as failure:  # whatever is wrong with the way, it may be better later
        if message.attempts > len(message_rules.WAITS):
            return Parked(type(failure).__name__)
        return Again(now + message_rules.WAITS[message.attempts - 1], type(failure).__name__, shut=False)
    return Done()


def example(text: str, language: str, business: Business) -> str:
    """What a text looks like filled in, for whoever writes it."""
    soon = datetime(2030, 1, 15, 17, 30, tzinfo=ZoneInfo(business.timezone))
    values = {"name": "Asha", "business": business.name, "number": "1042", "link": "https://shop.example/track/…", "window": "9–11"}
    due = {"due": _moment(soon, language, business), "day": _day(soon.date(), language, business)}
    return message_rules.fill(text, {**values, **due, "total": _amount(45000, business.currency, language, business)})


def _is_wanted(channel: str, customer: "Customer", offered: list[str]) -> bool:
    return channel in offered and (customer.channels is None or channel in customer.channels)


def _write(message: "Outgoing", customer: "Customer", post: Post) -> _Message | Parked:
    order, occasion = orders.get_by_code(message.subject.removeprefix("order:")), Occasion(message.topic)
    if order.status != message_rules.STILL_TRUE.get(occasion, order.status):
        return Parked("no longer true")
    business = current_business()
    to = customer.email if message.route == Channel.EMAIL else _number(customer.phone, business)
    if to is None:
        return Parked("no address")
    language = customer.language or business.language or ENGLISH
    values = _values(order, customer, post, language, business) | _of_a_stop(message.data, language, business)
    own = queries.wording(occasion, language)
    subject, body, short = (message_rules.fill(text, values) for text in (own.subject, own.body, own.short))
    return _Message(to, " ".join(subject.split()), body, short, customer.id, language)


def _hand_over(message: "Outgoing", said: _Message, ways: Ways) -> None:
    if message.route != Channel.EMAIL:
        return ways.texts.send(message.route, said.to, said.short, f"{message.message_id}:{message.route}")
    post = ways.post
    assert post is not None  # noqa: S101
    link = ways.unsubscribe_link(said.customer_id)
    footer = filled(FOOTER.template, said.language, {"business": post.business, "link": link})
    html = letter_service.as_html(said.subject, said.body.split("\n\n"), [footer], post.business, said.language)
    text = f"{said.body}\n\n{footer}\n"
    return post.route.deliver(Letter(message.topic, said.to, said.subject, text, html, unsubscribe=link, message_id=message.message_id))


def _values(order: Any, customer: "Customer", post: Post, language: str, business: Business) -> dict[str, str]:
    return {
        "name": customer.name.split()[0],
        "business": business.name,
        "number": str(order.number),
        "due": _moment(order.due_at, language, business),
        "total": _amount(order.total_minor, order.currency, language, business),
        "link": f"{post.base_url}{TRACKING_PAGE}{order.tracking_token}",
    }


def _of_a_stop(facts: Mapping[str, str], language: str, business: Business) -> dict[str, str]:
    return {"day": _day(date.fromisoformat(facts["day"]), language, business), "window": facts["window"]} if facts else {}


def _moment(at: datetime, language: str, business: Business) -> str:
    there = at.astimezone(ZoneInfo(business.timezone))
    return f"{_day(there.date(), language, business)}, {there:%H:%M}"


def _day(day: date, language: str, business: Business) -> str:
    return str(format_skeleton("MMMEd", day, locale=locale_of(language, business.timezone)))


def _amount(minor: int, currency: str, language: str, business: Business) -> str:
    amount = Decimal(minor).scaleb(-money.decimals(currency))
    return str(format_currency(amount, currency, locale=locale_of(language, business.timezone), currency_digits=False))


def _number(phone: str | None, business: Business) -> str | None:
    """As gateways want it, with the country's code: the business's country where none was said."""
    if phone is None:
        return None
    try:
        read = phonenumbers.parse(phone, territory_of(business.timezone))
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(read) else None
