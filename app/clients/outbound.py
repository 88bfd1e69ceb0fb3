"""Requests to addresses that somebody else typed (webhooks and the like). They reach public addresses and nothing in this house.

The name is looked up once, and what is connected to is the very address that was judged: no second answer of a name server, no redirect
and no proxy from the environment can lead elsewhere.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from app.core.words import Words, say

CONNECT_SECONDS = 2.0
TOTAL_SECONDS = 5.0
LARGEST_ANSWER = 64 * 1024
LONGEST_URL = 2000
PORTS = {"http": 80, "https": 443}
# What a URL may be written with. The rest has surprised some parser somewhere: spaces, backslashes, control characters, wide letters.
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")  # without NAT64, mapped and compatible addresses, which lead to an IPv4 one
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")  # 6to4

Resolve = Callable[[str, int], list[str]]


class CannotGo(Exception):
    """Nothing was sent, and nothing will be by trying again with this URL. The words are for whoever typed it."""

    def __init__(self, sentence: Words):
        super().__init__(sentence)
        self.sentence = sentence


class NoAnswer(Exception):
    """Nobody there, too slow, or not HTTP. Another try may do better."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    retry_after: str | None


@dataclass(frozen=True, slots=True)
class Outbound:
    """``anywhere`` lets it talk to this machine and its neighbours as well: for development and tests."""

    anywhere: bool = False
    any_port: bool = False
    resolve: Resolve | None = None
    seconds: float = TOTAL_SECONDS

    def check(self, url: str) -> SplitResult:
        """What can be said of a URL without asking anybody."""
        if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url):
            raise CannotGo(say("This is no address that can be written to."))
        try:
            parts = urlsplit(url)
            port, host = parts.port, parts.hostname
        except ValueError as failure:
            raise CannotGo(say("This is no address that can be written to.")) from failure
        if parts.scheme not in PORTS or not host or parts.username is not None or parts.fragment:
            raise CannotGo(say("The address must look like https://shop.example/hook."))
        if not self.any_port and (port or PORTS[parts.scheme]) not in PORTS.values():
            raise CannotGo(say("Only the ports 80 and 443 are written to."))
        return parts

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = self.check(url)
        deadline = time.monotonic() + self.seconds
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port or PORTS[parts.scheme])
        connection.default_port, connection.auto_open = PORTS[parts.scheme], 0  # it never connects by itself
        try:
            connection.sock = self._connect(parts, deadline)
            connection.request("POST", parts._replace(scheme="", netloc="").geturl() or "/", body, dict(headers))
            answer = connection.getresponse()
            with suppress(OSError, http.client.HTTPException):  # only so that the other side is not cut off in its sentence
                answer.read(LARGEST_ANSWER)
            return Answer(answer.status, answer.headers.get("Retry-After"))
        except (OSError, http.client.HTTPException) as failure:
            raise NoAnswer(_in_words(failure)) from failure
        finally:
            connection.close()

    def _connect(self, parts: SplitResult, deadline: float) -> "_Watched":
        host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
        addresses = _in_time(self.resolve or resolve, host, port)
        if not self.anywhere and not all(map(is_public, addresses)):
            raise CannotGo(say("This address leads into a private network."))
        sock = _open(addresses, port)
        try:
            if not self.anywhere and not is_public(sock.getpeername()[0]):
                raise CannotGo(say("This address leads into a private network."))
            if parts.scheme == "https":
                sock = _trusting().wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
        return _Watched(sock, deadline)


def is_public(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return ip not in _RELAYS
    return ip in _PUBLIC_V6 and ip.sixtofour is None and ip.teredo is None


def resolve(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _in_time(look_up: Resolve, host: str, port: int) -> list[str]:
    """A name server that does not answer keeps a thread waiting, not the caller."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(look_up(host, port))
        except (OSError, UnicodeError):
            return

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(CONNECT_SECONDS)
    if not found:
        raise NoAnswer("name not found")
    return found


def _open(addresses: list[str], port: int) -> socket.socket:
    """The first that takes the call. All are numbers by now, so nothing is looked up again."""
    until, failure = time.monotonic() + CONNECT_SECONDS, OSError()
    for address in addresses[:4]:
        if (left := until - time.monotonic()) <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as refused:
            failure = refused
    raise failure


class _Watched:
    """A socket for ``http.client`` that is never waited for beyond the deadline, and read from no further than allowed."""

    def __init__(self, sock: socket.socket, deadline: float):
        self._sock, self._deadline, self._left = sock, deadline, LARGEST_ANSWER

    def sendall(self, data: Any) -> None:
        self._wait_no_longer()
        self._sock.sendall(data)

    def makefile(self, *_: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        self._sock.close()

    def recv_into(self, buffer: memoryview) -> int:
        if self._left <= 0:
            raise http.client.HTTPException("longer than it may be")
        self._wait_no_longer()
        count = self._sock.recv_into(buffer[: self._left])
        self._left -= count
        return count

    def _wait_no_longer(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)


class _Reader(io.RawIOBase):
    def __init__(self, watched: _Watched):
        self._watched = watched

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._watched.recv_into(memoryview(buffer))


@cache
def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context()


def _in_words(failure: BaseException) -> str:
    """Short, and nothing the other side sent."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return "certificate refused"
    if isinstance(failure, TimeoutError):
        return "too slow"
    if isinstance(failure, ConnectionRefusedError):
        return "connection refused"
    return "no answer" if isinstance(failure, OSError) else "not HTTP"
