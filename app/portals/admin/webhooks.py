from typing import Any

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from app.core.shapes import PageQuery
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads, secret, versioned
from app.portals.http.vaults import for_webhooks, outbound
from app.webhooks import endpoint_service, queries
from app.webhooks.models import WebhookDict, WebhookMessageDict, WebhookWithSecretDict
from app.webhooks.schemas import WebhookCreate, WebhookUpdate

ONE = "/api/webhooks/<int:endpoint_id>"


@admin.get("/api/webhooks")
@permits(Permission.WEBHOOK_READ)
@answers(200, list[WebhookDict], "Every endpoint. Their secrets are not told again.")
def list_webhooks() -> ResponseReturnValue:
    return jsonify([endpoint.to_dict() for endpoint in queries.all_endpoints()])


@admin.post("/api/webhooks")
@permits(Permission.WEBHOOK_EDIT)
@reads(WebhookCreate)
@answers(201, WebhookWithSecretDict, "The new endpoint, with its secret this once.")
@secret
def create_webhook(data: dict[str, Any]) -> ResponseReturnValue:
    endpoint, text = endpoint_service.create(data, vault=for_webhooks(), client=outbound(), by=who())
    response = with_version({**endpoint.to_dict(), "secret": text}, endpoint.version, 201)
    response.headers["Location"] = url_for("admin.show_webhook", endpoint_id=endpoint.id)
    return response


@admin.get(ONE)
@permits(Permission.WEBHOOK_READ)
@answers(200, WebhookDict, "The endpoint.")
def show_webhook(endpoint_id: int) -> ResponseReturnValue:
    endpoint = queries.get(endpoint_id)
    return with_version(endpoint.to_dict(), endpoint.version)


@admin.put(ONE)
@permits(Permission.WEBHOOK_EDIT)
@reads(WebhookUpdate)
@versioned
@answers(200, WebhookDict, "The endpoint as it is now. Switched off, nothing that waited for it is sent any more.")
def update_webhook(endpoint_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    endpoint = endpoint_service.change(endpoint_id, data, client=outbound(), expected=expected, by=who())
    return with_version(endpoint.to_dict(), endpoint.version)


@admin.delete(ONE)
@permits(Permission.WEBHOOK_EDIT)
@versioned
@answers(200, WebhookDict, "Deleted, with the log of what it was told.")
def delete_webhook(endpoint_id: int, expected: int | None) -> ResponseReturnValue:
    return jsonify(endpoint_service.delete(endpoint_id, expected=expected, by=who()))


@admin.post(f"{ONE}/secret")
@permits(Permission.WEBHOOK_EDIT)
@answers(200, WebhookWithSecretDict, "With its new secret, this once. For a day the old one signs as well.")
@secret
def change_webhook_secret(endpoint_id: int) -> ResponseReturnValue:
    endpoint, text = endpoint_service.change_secret(endpoint_id, vault=for_webhooks(), by=who())
    return with_version({**endpoint.to_dict(), "secret": text}, endpoint.version)


@admin.post(f"{ONE}/test")
@permits(Permission.WEBHOOK_EDIT)
@answers(202, WebhookMessageDict, "A message of the type webhook.test is on its way.")
def test_webhook(endpoint_id: int) -> ResponseReturnValue:
    message_id = endpoint_service.send_test(endpoint_id, by=who())
    return jsonify(queries.message(endpoint_id, message_id)), 202


@admin.get(f"{ONE}/messages")
@permits(Permission.WEBHOOK_READ)
@asks(PageQuery)
@answers(200, list[WebhookMessageDict], "What it was told and is to be told, the newest first, with every try. Kept for 30 days.")
def list_webhook_messages(endpoint_id: int, query: dict[str, Any]) -> ResponseReturnValue:
    return listed(queries.log_of(endpoint_id, **query))


@admin.post(f"{ONE}/messages/<message_id>/send-again")
@permits(Permission.WEBHOOK_EDIT)
@answers(202, WebhookMessageDict, "It goes out once more, under the same id.")
def send_webhook_message_again(endpoint_id: int, message_id: str) -> ResponseReturnValue:
    endpoint_service.send_again(endpoint_id, message_id, by=who())
    return jsonify(queries.message(endpoint_id, message_id)), 202
