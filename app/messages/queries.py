from typing import TypedDict

from app.core import clock
from app.core.catalogues import said
from app.extensions import db
from app.messages.message_rules import DEFAULTS, PLACEHOLDERS, Channel, Occasion, Wording
from app.messages.models import MessageSetting, MessageText
from app.notifications import queries as outbox

ONLY = 1


class ToldDict(TypedDict):
    """A message to a customer, as staff see it."""

    occasion: str
    channel: str
    orderId: str
    state: str
    at: str
    note: str | None


def setting() -> MessageSetting:
    """As it is, or as it would be if nobody had changed anything; that one is not in the session."""
    found = db.session.get(MessageSetting, ONLY)
    return found or MessageSetting(id=ONLY, channels=[str(Channel.EMAIL)], off=[], quiet_from=None, quiet_until=None, version=0)


def find_text(occasion: Occasion, language: str) -> MessageText | None:
    return db.session.get(MessageText, (str(occasion), language))


def wording(occasion: Occasion, language: str) -> Wording:
    own = find_text(occasion, language)
    if own is not None:
        return Wording(own.subject, own.body, own.short)
    ours = DEFAULTS[occasion]
    return Wording(said(ours.subject, language), said(ours.body, language), said(ours.short, language))


def placeholders(occasion: Occasion) -> tuple[str, ...]:
    return PLACEHOLDERS[occasion]


def told(customer_id: int, *, limit: int) -> list[ToldDict]:
    """What a customer was told lately and is to be told, the newest first."""
    rows = outbox.sent_by(tuple(map(str, Channel)), str(customer_id), limit=limit)
    return [
        {
            "occasion": row.topic,
            "channel": row.route,
            "orderId": row.subject.removeprefix("order:"),
            "state": row.state,
            "at": clock.wire(row.ended_at or row.next_at),
            "note": row.note,
        }
        for row in rows
    ]
