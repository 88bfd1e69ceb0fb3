from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.extensions import db


class AuditEntryDict(TypedDict):
    id: int
    at: str
    actor: str
    channel: str
    address: str | None
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def newest(
    *,
    who: str | None = None,
    action: str | None = None,
    subjects: tuple[str, ...] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[AuditEntryDict]:
    """Newest first. ``who`` is part of a name, ``action`` one action or (``order``) all of one noun's."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit + 1)
    if who is not None:
        query = query.where(AuditEntry.actor.icontains(who, autoescape=True))
    if action is not None:
        query = query.where(AuditEntry.action == action if "." in action else AuditEntry.action.startswith(f"{action}.", autoescape=True))
    if subjects:
        query = query.where(AuditEntry.subject.in_(subjects))
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    if cursor is not None:
        query = query.where(AuditEntry.id < read_cursor(cursor, (int,))[0])
    page = Page.of(db.session.scalars(query).all(), limit, lambda entry: [entry.id])
    return Page([_as_dict(entry) for entry in page.rows], page.next_cursor)


def _as_dict(entry: AuditEntry) -> AuditEntryDict:
    return {
        "id": entry.id,
        "at": clock.wire(entry.at),
        "actor": entry.actor,
        "channel": entry.channel,
        "address": entry.address,
        "action": entry.action,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
    }
