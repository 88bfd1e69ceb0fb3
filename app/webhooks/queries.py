from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.core import clock
from app.core.pagination import DEFAULT_LIMIT, Page
from app.extensions import db
from app.notifications import queries as outbox
from app.webhooks.errors import UnknownEndpoint, UnknownMessage
from app.webhooks.models import AttemptDict, WebhookAttempt, WebhookEndpoint, WebhookMessageDict

if TYPE_CHECKING:
    from app.notifications.models import Outgoing

ROUTE = "webhook"
LARGEST_ID = 2**63 - 1
_WAITING = "waiting"
_ENDPOINTS = WebhookEndpoint.__table__
_ENABLED = select(_ENDPOINTS.c.id, _ENDPOINTS.c.events).where(_ENDPOINTS.c.enabled)  # asked whenever something happens


def all_endpoints() -> Sequence[WebhookEndpoint]:
    return db.session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id)).all()


def get(endpoint_id: int) -> WebhookEndpoint:
    endpoint = db.session.get(WebhookEndpoint, endpoint_id) if endpoint_id <= LARGEST_ID else None
    if endpoint is None:
        raise UnknownEndpoint
    return endpoint


def switched_off() -> int | None:
    """A webhook that was switched off by itself and that nobody has looked after yet."""
    return db.session.scalar(select(WebhookEndpoint.id).where(WebhookEndpoint.off_because.is_not(None)).limit(1))


def wanting(topic: str) -> list[int]:
    """Endpoints that are told of this. They are few, so they are looked through here."""
    return [row.id for row in db.ask(_ENDPOINTS, _ENABLED) if topic in row.events]


def log_of(endpoint_id: int, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[WebhookMessageDict]:
    get(endpoint_id)
    page = outbox.sent_to(ROUTE, str(endpoint_id), limit=limit, cursor=cursor)
    tries = _attempts_at([message.id for message in page.rows])
    return Page([_as_dict(message, tries[message.id]) for message in page.rows], page.next_cursor)


def message(endpoint_id: int, message_id: str) -> WebhookMessageDict:
    found = outbox.find(ROUTE, str(endpoint_id), message_id)
    if found is None:
        raise UnknownMessage
    return _as_dict(found, _attempts_at([found.id])[found.id])


def _attempts_at(outgoing_ids: Collection[int]) -> dict[int, list[AttemptDict]]:
    found: dict[int, list[AttemptDict]] = defaultdict(list)
    query = select(WebhookAttempt).where(WebhookAttempt.outgoing_id.in_(outgoing_ids)).order_by(WebhookAttempt.id.desc())
    for attempt in db.session.scalars(query):
        found[attempt.outgoing_id].append(attempt.to_dict())
    return found


def _as_dict(message: "Outgoing", tries: list[AttemptDict]) -> WebhookMessageDict:
    return {
        "id": message.message_id,
        "type": message.topic,
        "subject": message.subject,
        "state": message.state,
        "attempts": message.attempts,
        "createdAt": clock.wire(message.created_at),
        "nextTryAt": clock.wire(message.next_at) if message.state == _WAITING else None,
        "note": message.note,
        "log": tries,
    }
