"""The two ways a letter can take. Each is made from the settings at hand and keeps nothing open."""

import logging
import os
import secrets
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from app.clients.mail.letter import Letter
from app.config import DEVELOPMENT
from app.core import clock

PATIENCE_SECONDS = 10
LOOPBACK = ("localhost", "127.0.0.1", "::1")
log = logging.getLogger("fabclean.mail")


class NoSafeWay(RuntimeError):
    """The server offers no encryption, and a password would travel in the clear."""


class Route(Protocol):
    def deliver(self, letter: Letter) -> None: ...


@dataclass(frozen=True, slots=True)
class SmtpRoute:
    """``smtp://user:password@host:port``, encrypted as soon as the server offers it, or ``smtps://`` from the first byte."""

    url: str
    sender: str
    address: str

    def deliver(self, letter: Letter) -> None:
        with self._signed_in() as smtp:
            smtp.send_message(letter.as_message(self.sender, self.address))

    def knock(self) -> None:
        """Whether it would take a letter."""
        with self._signed_in() as smtp:
            smtp.noop()

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        with self._connect(parts.scheme, host, parts.port) as smtp:
            if parts.username:
                if not isinstance(smtp.sock, ssl.SSLSocket) and host not in LOOPBACK:
                    raise NoSafeWay
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
            yield smtp

    @staticmethod
    def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=PATIENCE_SECONDS, context=ssl.create_default_context())
        smtp = smtplib.SMTP(host, port or 25, timeout=PATIENCE_SECONDS)
        smtp.ehlo_or_helo_if_needed()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
        return smtp


@dataclass(frozen=True, slots=True)
class OutboxRoute:
    """Files that only this account can read: whoever runs the machine carries them further, or just looks."""

    folder: Path
    sender: str
    address: str
    shows_links: bool = False

    def deliver(self, letter: Letter) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(6)}.eml"
        self._write(file, letter.as_message(self.sender, self.address))
        shown = {"link": letter.link} if self.shows_links else {}
        log.warning("no mail server is set (SMTP_URL), so a letter waits in the outbox", extra={"kind": letter.kind, **shown})

    @staticmethod
    def _write(file: Path, message: EmailMessage) -> None:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(bytes(message))


def route_of(config: Mapping[str, Any], business: str, base_url: str) -> Route:
    address = config.get("MAIL_FROM") or f"no-reply@{urlsplit(base_url).hostname}"
    if config.get("SMTP_URL"):
        return SmtpRoute(config["SMTP_URL"], business, address)
    return OutboxRoute(Path(config["INSTANCE"]) / "outbox", business, address, shows_links=config["ENV_NAME"] == DEVELOPMENT)
