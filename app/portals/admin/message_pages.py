from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.words import LANGUAGES
from app.customers import customer_service
from app.identity.permissions import Permission
from app.messages import carrier_service, queries, setting_service
from app.messages.message_rules import Channel, Occasion
from app.messages.schemas import Choice, SettingTyped, TextTyped
from app.portals.admin import admin
from app.portals.admin.customer_pages import CUSTOMER, customer_page
from app.portals.admin.service_pages import VersionForm
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import permits, reads, shows_again
from app.tenancy.tenant_service import current_business

TEXT = "/messages/<occasion>/<language>"


@admin.get("/messages/")
@permits(Permission.STORE_READ)
def messages_page(form: Form = EMPTY) -> str:
    setting = queries.setting()
    facts = {"setting": setting.to_dict(), "version": setting.version, "channels": list(map(str, Channel))}
    texts = [(str(occasion), [(name, queries.wording(occasion, name)) for name in LANGUAGES]) for occasion in Occasion]
    return render_template("admin/messages/show.html", **facts, texts=texts, form=form)


@admin.post("/messages/")
@permits(Permission.STORE_EDIT)
@reads(SettingTyped, form=True)
@shows_again(messages_page)
def save_messages(data: dict[str, Any]) -> ResponseReturnValue:
    off = [str(occasion) for occasion in Occasion if occasion not in data["on"]]
    change = {"channels": data["channels"], "off": off, "quiet_from": data["quietFrom"], "quiet_until": data["quietUntil"]}
    setting_service.change(change, expected=data["version"], by=who())
    return told(_("Saved."), "admin.messages_page")


@admin.get(TEXT)
@permits(Permission.STORE_EDIT)
def message_text(occasion: str, language: str, form: Form = EMPTY, previewed: dict[str, str] | None = None) -> str:
    meant = setting_service.occasion_of(occasion, language)
    own, words = queries.find_text(meant, language), queries.wording(meant, language)
    stored = {"subject": words.subject, "body": words.body, "short": words.short}
    shown = {name: carrier_service.example(text, language, current_business()) for name, text in (previewed or stored).items()}
    facts = {"occasion": occasion, "lang": language, "stored": stored, "shown": shown, "own": own is not None}
    known = queries.placeholders(meant)
    return render_template("admin/messages/text.html", **facts, version=own.version if own else 0, placeholders=known, form=form)


@admin.post(TEXT)
@permits(Permission.STORE_EDIT)
@reads(TextTyped, form=True)
@shows_again(message_text)
def save_message_text(occasion: str, language: str, data: dict[str, Any]) -> ResponseReturnValue:
    meant = setting_service.occasion_of(occasion, language)
    setting_service.save_text(meant, language, data, expected=data["version"], by=who())
    return told(_("The words are saved. The next message uses them."), "admin.messages_page")


@admin.post(f"{TEXT}/preview")
@permits(Permission.STORE_EDIT)
@reads(TextTyped, form=True)
@shows_again(message_text)
def preview_message_text(occasion: str, language: str, data: dict[str, Any]) -> str:
    """What was typed, filled in; nothing is saved."""
    setting_service.check_texts(setting_service.occasion_of(occasion, language), data)
    typed = {name: data[name] for name in setting_service.TEXTS}
    return str(message_text(occasion, language, form=Form({**typed, "version": data["version"]}), previewed=typed))


@admin.post(f"{TEXT}/reset")
@permits(Permission.STORE_EDIT)
@reads(VersionForm, form=True)
@shows_again(message_text)
def reset_message_text(occasion: str, language: str, data: dict[str, Any]) -> ResponseReturnValue:
    meant = setting_service.occasion_of(occasion, language)
    setting_service.reset_text(meant, language, expected=data["version"], by=who())
    return told(_("Our words are used again."), "admin.messages_page")


@admin.post(f"{CUSTOMER}/messages")
@permits(Permission.CUSTOMER_EDIT)
@reads(Choice, form=True)
@shows_again(customer_page)
def save_customer_messages(customer_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    customer = customer_service.change(customer_id, data, expected=None, by=who())
    return told(_("%(name)s is saved.") % {"name": customer.name}, "admin.customer_page", customer_id=customer_id)
