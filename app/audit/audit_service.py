from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from app.audit.models import AuditEntry
from app.core import clock
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work

State = Mapping[str, Any]


def record(action: str, subject: str, *, by: Actor, before: State | None = None, after: State | None = None) -> None:
    """``action`` is ``noun.verb_in_the_past``; ``subject`` names the one thing changed, as ``noun:id``."""
    with unit_of_work() as session:
        session.add(AuditEntry(**_entry(action, subject, before, after, by)))


def record_many(action: str, changes: Mapping[str, tuple[State | None, State | None]], *, by: Actor) -> None:
    """The same done to several subjects, each with its state before and after, in one statement."""
    if changes:
        with unit_of_work() as session:
            session.execute(insert(AuditEntry), [_entry(action, subject, *states, by) for subject, states in changes.items()])


def _entry(action: str, subject: str, before: State | None, after: State | None, by: Actor) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "account_id": by.account_id,
        "actor": by.label,
        "channel": by.channel,
        "address": by.address,
        "action": action,
        "subject": subject,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
    }
