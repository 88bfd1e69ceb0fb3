"""When customers are told something, in which words, by which way, and when not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from string import Formatter
from zoneinfo import ZoneInfo

from app.core.words import say
from app.messages.errors import BadPlaceholder
from app.orders.order_rules import Status


class Occasion(StrEnum):
    ORDER_PLACED = "order_placed"
    READY = "ready"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    CANCELLED = "cancelled"
    PICKUP_BOOKED = "pickup_booked"
    PICKUP_FAILED = "pickup_failed"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True, slots=True)
class Wording:
    """``short`` is for a phone; ``subject`` and ``body`` are the letter."""

    subject: str
    body: str
    short: str


_OF_AN_ORDER = ("name", "business", "number", "due", "total", "link")
_OF_A_PICKUP = (*_OF_AN_ORDER, "day", "window")
PLACEHOLDERS: Mapping[Occasion, tuple[str, ...]] = {
    occasion: _OF_A_PICKUP if occasion in (Occasion.PICKUP_BOOKED, Occasion.PICKUP_FAILED) else _OF_AN_ORDER for occasion in Occasion
}
# Where the order must still be when the message goes out.
STILL_TRUE: Mapping[Occasion, str] = {
    Occasion.READY: Status.READY,
    Occasion.OUT_FOR_DELIVERY: Status.OUT_FOR_DELIVERY,
    Occasion.CANCELLED: Status.CANCELLED,
}
UNDONE_WITHIN = timedelta(minutes=2)  # a wrong scan is mostly taken back at once; until then nobody is told
OLD_NEWS = timedelta(hours=3)  # what was brought in from elsewhere, or was long without signal
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))

DEFAULTS: Mapping[Occasion, Wording] = {
    Occasion.ORDER_PLACED: Wording(
        say("Your order {number} at {business}"),
        say("Hello {name},\n\nthank you for your order {number}. It is due {due}, and comes to {total}.\n\nFollow it here: {link}"),
        say("{business}: thank you for order {number}. Due {due}. {link}"),
    ),
    Occasion.READY: Wording(
        say("Order {number} is ready"),
        say("Hello {name},\n\nyour order {number} is ready: {total}. We look forward to seeing you.\n\n{link}"),
        say("{business}: order {number} is ready. {link}"),
    ),
    Occasion.OUT_FOR_DELIVERY: Wording(
        say("Order {number} is on its way"),
        say("Hello {name},\n\nour van is on its way to you with your order {number}.\n\n{link}"),
        say("{business}: order {number} is on its way to you. {link}"),
    ),
    Occasion.DELIVERED: Wording(
        say("Order {number} is delivered"),
        say("Hello {name},\n\nyour order {number} is delivered. Thank you.\n\n{link}"),
        say("{business}: order {number} is delivered. Thank you."),
    ),
    Occasion.DELIVERY_FAILED: Wording(
        say("We could not deliver order {number}"),
        say("Hello {name},\n\nwe came with your order {number} and could not hand it over. We will try again.\n\n{link}"),
        say("{business}: we could not deliver order {number} and will try again. {link}"),
    ),
    Occasion.CANCELLED: Wording(
        say("Order {number} is cancelled"),
        say("Hello {name},\n\nyour order {number} is cancelled. If you know nothing of that, call us.\n\n{link}"),
        say("{business}: order {number} is cancelled."),
    ),
    Occasion.PICKUP_BOOKED: Wording(
        say("We come for your things on {day}"),
        say("Hello {name},\n\nwe come for your order {number} on {day} {window}.\n\nFollow it here: {link}"),
        say("{business}: we come for order {number} on {day} {window}."),
    ),
    Occasion.PICKUP_FAILED: Wording(
        say("We came for order {number} in vain"),
        say("Hello {name},\n\nwe came for your order {number} and met nobody. We will come again tomorrow.\n\n{link}"),
        say("{business}: we came for order {number} and met nobody. We will come again tomorrow."),
    ),
}


def check(occasion: Occasion, text: str, *, field: str) -> None:
    """Whether a text names only what there is to be filled in. What is meant as a brace is written twice."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as failure:
        sentence = say("A brace { or } stands alone. Write {{ or }} where you mean the sign itself.")
        raise BadPlaceholder(sentence, fields={field: [sentence]}) from failure
    for _, name, form, conversion in parts:
        if name is not None and (name not in PLACEHOLDERS[occasion] or form or conversion):
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS[occasion])
            sentence = say("There is no %(name)s here. There are: %(known)s.", name=f"{{{name[:40]}}}", known=known)
            raise BadPlaceholder(sentence, fields={field: [sentence]})


def fill(text: str, values: Mapping[str, str]) -> str:
    """Nothing but names is looked up, whatever somebody managed to store."""
    return "".join(literal + (values.get(name, "") if name is not None else "") for literal, name, _, _ in Formatter().parse(text)).strip()


def channels_for(offered: Sequence[str], wanted: Sequence[str] | None, reachable: Collection[str]) -> list[str]:
    """Those the customer chose; of one who has not chosen, the first way there is."""
    ways = [channel for channel in offered if channel in reachable]
    return ways[:1] if wanted is None else [channel for channel in ways if channel in wanted]


def held_until(now: datetime, quiet_from: str | None, quiet_until: str | None, timezone: str) -> datetime | None:
    """When the quiet hours that are on at this moment end, on the clock at the wall of the business."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return None
    zone = ZoneInfo(timezone)
    there = now.astimezone(zone)
    begins, ends = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    at = there.time()
    over_midnight = begins > ends
    if not (at >= begins or at < ends if over_midnight else begins <= at < ends):
        return None
    day = there.date() + timedelta(days=1 if over_midnight and at >= begins else 0)
    return datetime.combine(day, ends, zone).astimezone(now.tzinfo)
