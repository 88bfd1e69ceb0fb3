from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, text, update

from app.audit.chain_rules import canonical, hash_of
from app.audit.models import AuditEntry, AuditHead
from app.core import clock
from app.core.actor import Actor
from app.core.unit_of_work import last_of_all, unit_of_work
from app.extensions import db

State = Mapping[str, Any]


def record(action: str, subject: str, *, by: Actor, before: State | None = None, after: State | None = None) -> None:
    """``action`` is ``noun.verb_in_the_past``; ``subject`` names the one thing changed, as ``noun:id``."""
    record_many(action, {subject: (before, after)}, by=by)


def record_many(action: str, changes: Mapping[str, tuple[State | None, State | None]], *, by: Actor) -> None:
    """The same done to several subjects, each with its state before and after, in as many statements as one."""
    with unit_of_work():
        last_of_all(_chain, *(_entry(action, subject, *states, by) for subject, states in changes.items()))


def _chain(entries: list[dict[str, Any]]) -> None:
    """The head is every writer's, so it is held as shortly as can be: from here to the commit, which comes next.

    PostgreSQL does it all in one statement, so that nobody waits for our way there and back, nor for our turn to compute.
    """
    session = db.session
    if session.get_bind(clause=AuditHead.__table__).dialect.name == "postgresql":
        session.execute(text("SELECT audit_append(CAST(:said AS text[]))"), {"said": [canonical(entry) for entry in entries]})
        return
    before, last = session.execute(select(AuditHead.entry_id, AuditHead.entry_hash)).one()
    for number, entry in enumerate(entries, before + 1):
        entry["id"] = number
        entry["hash"] = last = hash_of(last, number, entry)
    session.execute(insert(AuditEntry), entries)
    session.execute(update(AuditHead).values(entry_id=before + len(entries), entry_hash=last))


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
