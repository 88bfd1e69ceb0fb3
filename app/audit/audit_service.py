from collections.abc import Mapping
from typing import Any

from app.audit.models import AuditEntry
from app.core import clock
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work


def record(
    action: str, subject: str, *, by: Actor, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None
) -> None:
    """``action`` is ``noun.verb_in_the_past``; ``subject`` names the one thing changed, as ``noun:id``."""
    entry = AuditEntry(
        at=clock.now(),
        account_id=by.account_id,
        actor=by.label,
        channel=by.channel,
        address=by.address,
        action=action,
        subject=subject,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    with unit_of_work() as session:
        session.add(entry)
