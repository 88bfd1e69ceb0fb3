"""Letters as their receivers find them, and a mail server small enough to see through."""

import email
import email.policy
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from app.clients.mail import postman


def letters(app: Flask, to: str | None = None) -> list[EmailMessage]:
    """What lies in the outbox once the postman has been, oldest first."""
    assert postman.wait(10), "the postman is stuck"
    files = sorted((Path(app.config["INSTANCE"]) / "outbox").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    found = [read(file.read_bytes()) for file in files]
    return [letter for letter in found if to in (None, letter["To"])]


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


def link_in(letter: EmailMessage) -> str:
    text = letter.get_body(("plain",)).get_content()
    return re.findall(r"https?://\S+\?token=\S+", text)[0]


def token_in(letter: EmailMessage) -> str:
    return link_in(letter).partition("token=")[2]


class SmtpServer(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP to be sent a letter, and keeps it. ``refuses`` letters that many times first."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, refuses: int = 0):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[EmailMessage] = []
        self.logins: list[str] = []
        self.refuses = refuses

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"EHLO":
                self.say("250-here\r\n250 AUTH PLAIN")
            elif word == b"AUTH":
                self.server.logins.append(line.split()[2].decode())
                self.say("235 welcome")
            elif word == b"DATA":
                self.say("354 go on")
                self.take()
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 fine")
        return None

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        if self.server.refuses:
            self.server.refuses -= 1
            return self.say("451 later")
        self.server.letters.append(read(b"".join(lines)))
        return self.say("250 kept")

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def smtp_server(refuses: int = 0) -> Iterator[SmtpServer]:
    with SmtpServer(refuses) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
