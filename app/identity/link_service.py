"""One-time links: 256 random bits that only their receiver knows, good once and not for long."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.core.words import say
from app.extensions import db
from app.identity.errors import LinkRefused
from app.identity.models import OneTimeLink

CLAIM, RESET, INVITE = "claim", "reset", "invite"
LASTS = {CLAIM: timedelta(minutes=30), RESET: timedelta(minutes=30), INVITE: timedelta(days=7)}
IN_WORDS = {CLAIM: say("30 minutes"), RESET: say("30 minutes"), INVITE: say("7 days")}


def make(purpose: str, *, account_id: int | None = None, customer_id: int | None = None, by: Actor) -> str:
    """The token, for the letter alone. Older links of this purpose are worthless from here on."""
    token, now = secrets.token_urlsafe(32), clock.now()
    link = OneTimeLink(token_hash=_hash(token), purpose=purpose, account_id=account_id, customer_id=customer_id)
    link.created_at, link.expires_at = now, now + LASTS[purpose]
    with unit_of_work() as session:
        session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == purpose, *_of(account_id, customer_id)))
        session.add(link)
        subject = f"customer:{customer_id}" if customer_id is not None else f"account:{account_id}"
        audit_service.record("link.made", subject, by=by, after={"purpose": purpose})
    return token


def look_at(purpose: str, token: str) -> OneTimeLink:
    """Without using it up: hashing a password comes first, and a refused one must leave the link good."""
    link = db.session.scalar(select(OneTimeLink).where(*_good(purpose, token)))
    if link is None:
        raise LinkRefused
    return link


def use(purpose: str, token: str) -> OneTimeLink:
    """Of any number who try at once, one: the update finds the row unused only once. Its elder sisters go with it."""
    with unit_of_work() as session:
        used = update(OneTimeLink).where(*_good(purpose, token)).values(used_at=clock.now())
        if session.affected(used.execution_options(synchronize_session=False)) != 1:
            raise LinkRefused
        link = session.get_one(OneTimeLink, _hash(token), populate_existing=True)
        others = (OneTimeLink.used_at.is_(None), *_of(link.account_id, link.customer_id))
        session.execute(delete(OneTimeLink).where(*others))
    return link


def forget(*, account_id: int | None = None, customer_id: int | None = None) -> None:
    """Whoever the address belongs to from now on, what was sent to the old one opens nothing."""
    with unit_of_work() as session:
        session.execute(delete(OneTimeLink).where(*_of(account_id, customer_id)))


def forget_expired() -> int:
    with unit_of_work() as session:
        return session.affected(delete(OneTimeLink).where(OneTimeLink.expires_at < clock.now()))


def _of(account_id: int | None, customer_id: int | None) -> tuple[ColumnElement[bool], ...]:
    whose = ((OneTimeLink.account_id, account_id), (OneTimeLink.customer_id, customer_id))
    return tuple(column.is_(None) if value is None else column == value for column, value in whose)


def _good(purpose: str, token: str) -> tuple[ColumnElement[bool], ...]:
    named = (OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == purpose)
    return *named, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > clock.now()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
