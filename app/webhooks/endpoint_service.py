"""Endpoints: made, changed, tried out and deleted here. A secret is sealed, because messages are signed with it again and again."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.audit import audit_service
from app.clients.outbound import CannotGo, Outbound
from app.core import clock
from app.core.actor import Actor
from app.core.errors import StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity.vault import Vault
from app.notifications import outbox_service
from app.tenancy.tenant_service import current_business
from app.webhooks import queries
from app.webhooks.errors import BadAddress, SwitchedOff, TooManyEndpoints, UnknownMessage
from app.webhooks.models import WebhookDict, WebhookEndpoint
from app.webhooks.queries import ROUTE
from app.webhooks.webhook_rules import OLD_SECRET_LASTS, SECRET_BYTES, TEST, secret_of

MOST = 20


def create(data: Mapping[str, Any], *, vault: Vault, client: Outbound, by: Actor) -> tuple[WebhookEndpoint, str]:
    """Returns the secret as well, to be shown this once."""
    _check(data["url"], client)
    secret, now = _new_secret(), clock.now()
    endpoint = WebhookEndpoint(**data, sealed_secret=vault.seal(secret), created_at=now, updated_at=now)
    with unit_of_work() as session:
        session.add(endpoint)
        session.flush()
        if session.scalar(select(func.count()).select_from(WebhookEndpoint)) > MOST:  # type: ignore[operator]
            raise TooManyEndpoints
        audit_service.record("webhook.created", _subject(endpoint.id), by=by, after=_for_the_audit(endpoint))
    return endpoint, secret


def change(endpoint_id: int, data: Mapping[str, Any], *, client: Outbound, expected: int | None, by: Actor) -> WebhookEndpoint:
    if "url" in data:
        _check(data["url"], client)
    with unit_of_work() as session:
        endpoint = _hold(endpoint_id, expected)
        before = _for_the_audit(endpoint)
        for name, value in data.items():
            setattr(endpoint, name, value)
        endpoint.updated_at = clock.now()
        if data.get("enabled"):
            endpoint.failing_since = endpoint.off_because = None
        elif "enabled" in data:
            outbox_service.park(ROUTE, str(endpoint_id), "switched off")
        session.flush()
        audit_service.record("webhook.changed", _subject(endpoint_id), by=by, before=before, after=_for_the_audit(endpoint))
    return endpoint


def change_secret(endpoint_id: int, *, vault: Vault, by: Actor) -> tuple[WebhookEndpoint, str]:
    """For a day the old one signs as well, so that whoever receives has time to take over the new one."""
    secret, now = _new_secret(), clock.now()
    sealed = vault.seal(secret)
    with unit_of_work() as session:
        endpoint = _hold(endpoint_id)
        endpoint.old_sealed_secret, endpoint.old_secret_until = endpoint.sealed_secret, now + OLD_SECRET_LASTS
        endpoint.sealed_secret, endpoint.updated_at = sealed, now
        session.flush()
        audit_service.record("webhook.secret_changed", _subject(endpoint_id), by=by)
    return endpoint, secret


def delete(endpoint_id: int, *, expected: int | None, by: Actor) -> WebhookDict:
    """And everything it was told and was to be told."""
    with unit_of_work() as session:
        endpoint = _hold(endpoint_id, expected)
        session.delete(endpoint)
        outbox_service.forget(ROUTE, str(endpoint_id))
        audit_service.record("webhook.deleted", _subject(endpoint_id), by=by, before=_for_the_audit(endpoint))
        return endpoint.to_dict()


def send_test(endpoint_id: int, *, by: Actor) -> str:
    """The message's id."""
    message_id = outbox_service.new_id()
    with unit_of_work():
        _hold_enabled(endpoint_id)
        row = {"message_id": message_id, "route": ROUTE, "target": str(endpoint_id), "subject": f"test:{message_id}", "topic": TEST}
        outbox_service.put([{**row, "data": {"business": current_business().slug}}])
        audit_service.record("webhook.tested", _subject(endpoint_id), by=by)
    return message_id


def send_again(endpoint_id: int, message_id: str, *, by: Actor) -> None:
    """One that waits anyway is left as it is."""
    with unit_of_work():
        _hold_enabled(endpoint_id)
        if outbox_service.send_again(ROUTE, str(endpoint_id), message_id):
            audit_service.record("webhook.message_sent_again", _subject(endpoint_id), by=by, after={"message": message_id})
        elif queries.message(endpoint_id, message_id) is None:
            raise UnknownMessage


def _hold(endpoint_id: int, expected: int | None = None) -> WebhookEndpoint:
    queries.get(endpoint_id)
    endpoint = db.session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
    if expected is not None and endpoint.version != expected:
        raise StaleVersion
    return endpoint


def _hold_enabled(endpoint_id: int) -> None:
    if not _hold(endpoint_id).enabled:
        raise SwitchedOff


def _check(url: str, client: Outbound) -> None:
    """Where the name leads is found out when there is something to send: that can change, and this should not ask anybody."""
    try:
        client.check(url)
    except CannotGo as refused:
        raise BadAddress(refused.sentence, fields={"url": [refused.sentence]}) from refused


def _new_secret() -> str:
    return secret_of(secrets.token_bytes(SECRET_BYTES))


def _subject(endpoint_id: int) -> str:
    return f"webhook:{endpoint_id}"


def _for_the_audit(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """An address may have a token in it."""
    return {"host": endpoint.url.split("/")[2], "events": endpoint.events, "enabled": endpoint.enabled}
