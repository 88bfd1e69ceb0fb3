"""Carries a message to its endpoint, writes down how that went, and switches off an endpoint that took nothing for days."""

import time
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import update

from app.audit import audit_service
from app.clients.outbound import CannotGo, NoAnswer, Outbound
from app.core import clock
from app.core.actor import Actor
from app.core.unit_of_work import stop_reading, unit_of_work
from app.extensions import db
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.identity.vault import Vault
from app.notifications import outbox_service
from app.notifications.outbox_service import Again, Done, Outcome, Parked
from app.webhooks import webhook_rules
from app.webhooks.models import WebhookAttempt, WebhookEndpoint
from app.webhooks.queries import ROUTE

if TYPE_CHECKING:
    from app.notifications.models import Outgoing

ITSELF: Actor = Principal(Role.ANYONE, "FabClean itself", "outbox")
NOTHING_TAKEN, SAID_GONE = "nothing got through for three days", "it answered that it is gone (410)"


def carry(message: "Outgoing", now: datetime, *, vault: Vault, client: Outbound) -> Outcome:
    endpoint = db.session.get(WebhookEndpoint, int(message.target))
    if endpoint is None or not endpoint.enabled:
        return Parked("switched off")
    url, secrets = endpoint.url, _secrets(endpoint, vault, now)
    if not secrets:
        return Parked("its secret cannot be read: make a new one")
    stop_reading()  # nobody waits for a stranger's server with a connection in hand
    body = orjson.dumps({"type": message.topic, "timestamp": clock.wire(message.created_at), "data": message.data})
    began = time.monotonic()
    status, note, retry_after = _post(client, url, body, webhook_rules.headers(message.message_id, now, body, secrets))
    attempt = WebhookAttempt(outgoing_id=message.id, at=now, status=status, note=note, milliseconds=int((time.monotonic() - began) * 1000))
    return _judge(message, attempt, retry_after, now)


def _post(client: Outbound, url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str | None, str | None]:
    """The status, or why there is none; and for how long it wants to be left alone."""
    try:
        answer = client.post(url, body, headers)
    except (CannotGo, NoAnswer) as failure:
        return None, str(failure), None
    return answer.status, None, answer.retry_after


def _judge(message: "Outgoing", attempt: WebhookAttempt, retry_after: str | None, now: datetime) -> Outcome:
    """The endpoint's row first and the message's after it, as whoever deletes an endpoint goes: nobody waits in a circle."""
    with unit_of_work() as session:
        endpoint = session.get(WebhookEndpoint, int(message.target), with_for_update=True, populate_existing=True)
        if endpoint is None:
            return Parked("switched off")
        session.add(attempt)
        session.flush()
        if attempt.status is not None and webhook_rules.taken(attempt.status):
            _set(message, failing_since=None)
            return Done()
        if endpoint.failing_since is None:
            _set(message, failing_since=now)
        gone = attempt.status == webhook_rules.GONE
        if gone or webhook_rules.is_gone(endpoint.failing_since or now, now):
            _switch_off(message, SAID_GONE if gone else NOTHING_TAKEN)
            return Parked("switched off")
        said = attempt.note or f"status {attempt.status}"
        at = webhook_rules.next_try(message.attempts, now, retry_after)
        return Parked(said) if at is None else Again(at, said)


def _switch_off(message: "Outgoing", because: str) -> None:
    _set(message, enabled=False, off_because=because)
    outbox_service.park(ROUTE, message.target, "switched off")
    audit_service.record("webhook.switched_off", f"webhook:{message.target}", by=ITSELF, after={"because": because})


def _set(message: "Outgoing", **values: object) -> None:
    """Without a new version: whoever edits the endpoint meanwhile is not to be told that somebody else did."""
    changed = update(WebhookEndpoint).where(WebhookEndpoint.id == int(message.target)).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def _secrets(endpoint: WebhookEndpoint, vault: Vault, now: datetime) -> list[str]:
    sealed = [endpoint.sealed_secret]
    if endpoint.old_sealed_secret is not None and endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        sealed.append(endpoint.old_sealed_secret)
    return [secret for each in sealed if (secret := vault.open(each)) is not None]
