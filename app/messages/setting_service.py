"""How a business writes to its customers: by which ways, when not, on which occasions, and in which words."""

from collections.abc import Mapping
from typing import Any

from app.audit import audit_service
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.errors import StaleVersion
from app.core.unit_of_work import unit_of_work
from app.core.words import LANGUAGES
from app.customers import customer_service
from app.customers import queries as customers
from app.extensions import db
from app.messages import message_rules, queries
from app.messages.errors import UnknownOccasion
from app.messages.message_rules import Channel, Occasion
from app.messages.models import MessageSetting, MessageText

TEXTS = ("subject", "body", "short")


def change(data: Mapping[str, Any], *, expected: int | None, by: Actor) -> MessageSetting:
    """Of two who change what nobody had changed before, one is told that the other was first."""
    with refusing({"pk_message_setting": StaleVersion}), unit_of_work() as session:
        setting = queries.setting()
        if expected not in (None, setting.version):
            raise StaleVersion
        before = dict(setting.to_dict())
        if setting.version == 0:
            setting.version = 1
            session.add(setting)
        for name, value in data.items():
            setattr(setting, name, value)
        session.flush()
        audit_service.record("messages.changed", "messages:all", by=by, before=before, after=setting.to_dict())
    return setting


def occasion_of(name: str, language: str) -> Occasion:
    if name not in tuple(Occasion) or language not in LANGUAGES:
        raise UnknownOccasion
    return Occasion(name)


def save_text(occasion: Occasion, language: str, data: Mapping[str, str], *, expected: int | None, by: Actor) -> None:
    """``expected`` 0: whoever edits saw our words, not somebody's own."""
    check_texts(occasion, data)
    with refusing({"pk_message_text": StaleVersion}), unit_of_work() as session:
        text = _own(occasion, language, expected)
        if text is None:
            text = MessageText(occasion=occasion, language=language, **{name: data[name] for name in TEXTS})
            session.add(text)
        for name in TEXTS:
            setattr(text, name, data[name])
        session.flush()
        audit_service.record("messages.text_changed", f"messages:{occasion}", by=by, after={"language": language})


def check_texts(occasion: Occasion, data: Mapping[str, str]) -> None:
    for name in TEXTS:
        message_rules.check(occasion, data[name], field=name)


def reset_text(occasion: Occasion, language: str, *, expected: int | None, by: Actor) -> None:
    """Our words again."""
    with unit_of_work() as session:
        text = _own(occasion, language, expected)
        if text is not None:
            session.delete(text)
            audit_service.record("messages.text_reset", f"messages:{occasion}", by=by, after={"language": language})


def unsubscribe(customer_id: int, *, by: Actor) -> None:
    """No more letters of this kind; what they chose besides stays. Twice is once."""
    customer = customers.find_current(customer_id)
    if customer is not None:
        kept = [channel for channel in customer.channels or [] if channel != Channel.EMAIL]
        customer_service.change(customer.id, {"channels": kept}, expected=None, by=by)


def _own(occasion: Occasion, language: str, expected: int | None) -> MessageText | None:
    found = db.session.get(MessageText, (str(occasion), language), with_for_update=True, populate_existing=True)
    if expected is not None and expected != (found.version if found is not None else 0):
        raise StaleVersion
    return found
