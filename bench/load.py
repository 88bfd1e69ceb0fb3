"""A client that keeps so many connections busy and looks at every answer. Bare sockets: a client that is slower than the server
measures itself."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def wire(self) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in self.headers)]
        if self.body or self.method not in ("GET", "DELETE"):
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


Check = Callable[[Request, int, bytes], None]


@dataclass(slots=True)
class Round:
    """What one round of one workload came to."""

    answers: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0

    def wait(self, share: float) -> float:
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class WrongAnswer(Exception):
    """The benchmark stops: how fast a wrong answer came is of no interest."""


def run(port: int, requests: Iterator[Request], check: Check, *, seconds: float, connections: int = CONNECTIONS) -> Round:
    """Each connection sends its next request as soon as it has its answer. Connections are opened before the clock starts."""
    round_, selector = Round(), selectors.DefaultSelector()
    lines = [_Line(port) for _ in range(connections)]
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
    began = time.perf_counter()
    ends = began + seconds
    for line in lines:
        if not line.ask(next(requests, None)):
            selector.unregister(line.socket)
    while selector.get_map():
        for key, _ in selector.select(30) or _silence():
            line: _Line = key.data
            if not line.read():
                continue
            round_.waits.append(time.perf_counter() - line.asked_at)
            round_.answers += 1
            assert line.request is not None
            check(line.request, line.status, line.body)
            if not (time.perf_counter() < ends and line.ask(next(requests, None))):
                selector.unregister(line.socket)  # an idle connection is hung up on, and rightly
    round_.seconds = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    selector.close()
    return round_


def _silence() -> list[tuple[selectors.SelectorKey, int]]:
    raise WrongAnswer("the server said nothing for 30 seconds")


class _Line:
    """One connection, kept open. Of the answers it reads what it must: the status and as many bytes as they say."""

    def __init__(self, port: int):
        self._port = port
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request: Request | None = None
        self.asked_at, self.status, self.body = 0.0, 0, b""
        self._buffer = b""

    def ask(self, request: Request | None) -> bool:
        self.request = request
        if request is None:
            return False
        self._buffer = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(request.wire())
        return True

    def read(self) -> bool:
        """Whether the answer is complete."""
        part = self.socket.recv(262_144)
        if not part:
            raise WrongAnswer(f"the server hung up on {self.request}")
        self._buffer += part
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return False
        lower = head.lower()
        at = lower.find(b"content-length:")
        if at < 0:
            raise WrongAnswer(f"an answer without a length to {self.request}: {head[:200]!r}")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0])
        if len(body) < length:
            return False
        self.status, self.body = int(head[9:12]), body
        return True
