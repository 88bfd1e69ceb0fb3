from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields

from app.core.shapes import PageQuery, Shape
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.admin.service_pages import VersionForm
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, secret, shows_again
from app.portals.http.vaults import for_webhooks, outbound
from app.webhooks import endpoint_service, queries
from app.webhooks.errors import SwitchedOff
from app.webhooks.models import WebhookDict
from app.webhooks.schemas import Events, Note, Url
from app.webhooks.webhook_rules import Topic

ONE = "/webhooks/<int(max=9007199254740991):endpoint_id>"
SHORT_LOG = 20


class WebhookForm(Shape):
    url = Url(required=True)
    note = Note(load_default="")
    events = Events(required=True)
    version = fields.Integer(load_default=None)


class SwitchForm(VersionForm):
    enabled = fields.Boolean(required=True)


@admin.get("/webhooks/")
@permits(Permission.WEBHOOK_READ)
def webhooks_page() -> str:
    return render_template("admin/webhooks/list.html", endpoints=[endpoint.to_dict() for endpoint in queries.all_endpoints()])


@admin.get("/webhooks/new")
@permits(Permission.WEBHOOK_EDIT)
def new_webhook(form: Form = EMPTY) -> str:
    return render_template("admin/webhooks/new.html", topics=[str(topic) for topic in Topic], form=form)


@admin.post("/webhooks/new")
@permits(Permission.WEBHOOK_EDIT)
@reads(WebhookForm, form=True)
@shows_again(new_webhook)
@secret
def make_webhook(data: dict[str, Any]) -> ResponseReturnValue:
    del data["version"]
    endpoint, text = endpoint_service.create({**data, "enabled": True}, vault=for_webhooks(), client=outbound(), by=who())
    return _with_secret(endpoint.to_dict(), text), 201


@admin.get(ONE)
@permits(Permission.WEBHOOK_READ)
@asks(PageQuery)
def webhook_page(endpoint_id: int, query: dict[str, Any] | None = None, form: Form = EMPTY) -> str:
    endpoint, query = queries.get(endpoint_id), query or {"cursor": None}
    log = queries.log_of(endpoint_id, limit=SHORT_LOG, cursor=query["cursor"])
    facts = {"endpoint": endpoint.to_dict(), "version": endpoint.version, "topics": [str(topic) for topic in Topic]}
    return render_template("admin/webhooks/show.html", **facts, log=log.rows, next_cursor=log.next_cursor, query=query, form=form)


@admin.post(ONE)
@permits(Permission.WEBHOOK_EDIT)
@reads(WebhookForm, form=True)
@shows_again(webhook_page)
def save_webhook(endpoint_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    expected = data.pop("version")
    endpoint_service.change(endpoint_id, data, client=outbound(), expected=expected, by=who())
    return told(_("The webhook is saved."), "admin.webhook_page", endpoint_id=endpoint_id)


@admin.post(f"{ONE}/switch")
@permits(Permission.WEBHOOK_EDIT)
@reads(SwitchForm, form=True)
@shows_again(webhook_page)
def switch_webhook(endpoint_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    change = {"enabled": data["enabled"]}
    endpoint_service.change(endpoint_id, change, client=outbound(), expected=data["version"], by=who())
    sentence = (
        _("The webhook is on: what happens from now on is sent.") if data["enabled"] else _("The webhook is off: nothing is sent any more.")
    )
    return told(sentence, "admin.webhook_page", endpoint_id=endpoint_id)


@admin.post(f"{ONE}/secret")
@permits(Permission.WEBHOOK_EDIT)
@secret
def new_webhook_secret(endpoint_id: int) -> ResponseReturnValue:
    endpoint, text = endpoint_service.change_secret(endpoint_id, vault=for_webhooks(), by=who())
    return _with_secret(endpoint.to_dict(), text)


@admin.post(f"{ONE}/test")
@permits(Permission.WEBHOOK_EDIT)
@shows_again(webhook_page, also=(SwitchedOff,))
def try_webhook(endpoint_id: int) -> ResponseReturnValue:
    endpoint_service.send_test(endpoint_id, by=who())
    return told(_("A test is on its way. Load this page again to see what came back."), "admin.webhook_page", endpoint_id=endpoint_id)


@admin.post(f"{ONE}/messages/<message_id>/send-again")
@permits(Permission.WEBHOOK_EDIT)
@shows_again(webhook_page, also=(SwitchedOff,))
def replay_webhook_message(endpoint_id: int, message_id: str) -> ResponseReturnValue:
    endpoint_service.send_again(endpoint_id, message_id, by=who())
    return told(_("The message goes out once more."), "admin.webhook_page", endpoint_id=endpoint_id)


@admin.get(f"{ONE}/delete")
@permits(Permission.WEBHOOK_EDIT)
def deleting_webhook(endpoint_id: int, form: Form = EMPTY) -> str:
    endpoint = queries.get(endpoint_id)
    return render_template("admin/webhooks/delete.html", endpoint=endpoint.to_dict(), version=endpoint.version, form=form)


@admin.post(f"{ONE}/delete")
@permits(Permission.WEBHOOK_EDIT)
@reads(VersionForm, form=True)
@shows_again(deleting_webhook)
def delete_webhook_page(endpoint_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    endpoint_service.delete(endpoint_id, expected=data["version"], by=who())
    return told(_("The webhook is deleted."), "admin.webhooks_page")


def _with_secret(endpoint: WebhookDict, text: str) -> str:
    return render_template("admin/webhooks/secret.html", endpoint=endpoint, text=text)
