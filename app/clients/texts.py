"""Short messages to phones, by SMS and WhatsApp: through a gateway over HTTP where one is set, else as files in a folder here."""

import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote_plus

from app.clients.outbound import NoAnswer, Outbound
from app.core import clock

log = logging.getLogger("fabclean.texts")


class Refused(Exception):
    """The gateway does not take this message, and will not take it again."""


class Texts(Protocol):
    def send(self, channel: str, to: str, text: str, message_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Gateway:
    """``body`` with {to}, {text} and {id} in it: JSON if it begins with a brace or a bracket, else a form."""

    url: str
    headers: Mapping[str, str]
    body: str

    def filled(self, **values: str) -> tuple[bytes, str]:
        is_json = self.body.lstrip()[:1] in ("{", "[")
        body = self.body
        for name, value in values.items():
            body = body.replace(f"{{{name}}}", json.dumps(value)[1:-1] if is_json else quote_plus(value))
        return body.encode(), "application/json" if is_json else "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class TextsOut:
    """A channel without a gateway writes files that only this account can read."""

    gateways: Mapping[str, Gateway]
    client: Outbound
    folder: Path

    def send(self, channel: str, to: str, text: str, message_id: str) -> None:
        gateway = self.gateways.get(channel)
        if gateway is None:
            return self._keep(channel, {"channel": channel, "to": to, "text": text, "id": message_id})
        # In this order: the number and the id hold no braces, whatever the text says.
        body, kind = gateway.filled(to=to, id=message_id, text=text)
        status = self.client.post(gateway.url, body, {"content-type": kind, "user-agent": "FabClean", **gateway.headers}).status
        if 200 <= status < 300:
            return None
        if 400 <= status < 500 and status not in (401, 403, 408, 429):  # the settings may be mended, the message cannot be
            raise Refused(str(status))
        raise NoAnswer(str(status))

    def _keep(self, channel: str, message: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(6)}.{channel}.json"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(message, out, ensure_ascii=False)
        log.warning("no gateway is set for this channel, so a message waits in the outbox", extra={"channel": channel})


def texts_of(config: Mapping[str, Any], client: Outbound) -> Texts:
    named = {channel: config[channel.upper()] for channel in ("sms", "whatsapp") if config[channel.upper()]}
    gateways = {channel: Gateway(given["url"], given.get("headers", {}), given["body"]) for channel, given in named.items()}
    return TextsOut(gateways, client, Path(config["INSTANCE"]) / "outbox")
