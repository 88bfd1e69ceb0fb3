"""A stranger's address: however it is spelt, it leads out of the house or nowhere."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from app.clients.outbound import LARGEST_ANSWER, CannotGo, NoAnswer, Outbound, is_public, resolve

OK = b"HTTP/1.1 204 No Content\r\n\r\n"
# Each of them means this machine to somebody; {port} is the canary's.
THIS_MACHINE = (
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "0.0", "2130706433", "0x7f000001", "0x7f.1",
    "0X7F.0.0.1",
    "017700000001", "0177.0.0.1", "0177.1", "127.0.0.01", "0x7f.0x0.0x0.0x1", "00000177.0.0.1", "localhost", "LOCALHOST", "LocalHost.",
    "ip6-localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::FFFF:127.0.0.1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::1%25lo]",
)  # fmt: skip
PRIVATE = (
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0xa9fea9fe", "2852039166",
    "100.64.0.1", "100.127.255.254", "192.0.0.1", "198.18.0.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[100::1]", "[3fff::1]", "[5f00::1]",
)  # fmt: skip
NOT_ADDRESSES = (
    "ftp://shop.example/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "127.0.0.1:{port}",
    "http:/127.0.0.1:{port}/",
    "http://", "http://:{port}/", "http://user@127.0.0.1:{port}/", "http://shop.example@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@shop.example/",
    "http://127.0.0.1:{port} /", "http://\t127.0.0.1:{port}/", "http://127.0.0.1:{port}/\r\nX: y", "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/", "http://[::1:{port}/", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://shop.example/#x",
    "http://shop.example/" + "a" * 2000,
)  # fmt: skip


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """On both of this machine's own addresses; what each caller sent first is kept."""
    heard: list[bytes] = []
    four = socket.create_server(("127.0.0.1", 0))
    port = four.getsockname()[1]
    sockets = [four]
    if socket.has_ipv6:
        sockets.append(socket.create_server(("::1", port), family=socket.AF_INET6))

    def serve(server: socket.socket) -> None:
        while True:
            try:
                caller, _ = server.accept()
            except OSError:
                return
            heard.append(b"")
            with caller:
                heard[-1] += caller.recv(65536)
                with suppress(OSError):
                    answer(caller)

    for server in sockets:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
    try:
        yield port, heard
    finally:
        for server in sockets:
            server.shutdown(socket.SHUT_RDWR)
            server.close()


def outcome(client: Outbound, url: str) -> str:
    try:
        return str(client.post(url, b"{}", {}).status)
    except (CannotGo, NoAnswer) as failure:
        return type(failure).__name__


def test_no_spelling_of_this_machine_or_a_private_network_is_reached():
    client = Outbound(any_port=True)
    with listening(lambda caller: caller.sendall(OK)) as (port, canary):
        urls = [f"http://{host}:{port}/" for host in THIS_MACHINE + PRIVATE] + [url.format(port=port) for url in NOT_ADDRESSES]
        assert len(urls) > 60
        outcomes = {url: outcome(client, url) for url in urls}
        assert canary == []
        assert {url: said for url, said in outcomes.items() if said not in ("CannotGo", "NoAnswer")} == {}
        # Nothing was wrong with the canary: without the guard it sings.
        assert outcome(Outbound(anywhere=True, any_port=True), f"http://127.1:{port}/") == "204"
        assert len(canary) == 1


def test_what_a_name_leads_to_is_judged_and_not_asked_again():
    """A name server that first says something good and then this machine; and one that says both at once."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    asked: list[str] = []

    def changing(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with listening(lambda caller: caller.sendall(OK)) as (port, canary):
        refused = Outbound(any_port=True, resolve=lambda host, port: ["93.184.215.14", "127.0.0.1"])
        assert outcome(refused, f"http://both.example:{port}/") == "CannotGo"
        rebound = Outbound(any_port=True, resolve=changing)
        next(answers)
        assert outcome(rebound, f"http://changing.example:{port}/") == "CannotGo"
        assert (asked, canary) == (["changing.example"], [])


def test_a_redirect_is_an_answer_and_leads_nowhere():
    with listening(lambda caller: caller.sendall(OK)) as (private, canary):
        moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{private}/\r\nContent-Length: 0\r\n\r\n".encode()
        with listening(lambda caller: caller.sendall(moved)) as (port, _):
            assert outcome(Outbound(anywhere=True, any_port=True), f"http://127.0.0.1:{port}/") == "302"
        assert canary == []


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    with listening(lambda caller: caller.sendall(OK)) as (proxy, canary), listening(lambda caller: caller.sendall(OK)) as (port, heard):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        assert outcome(Outbound(anywhere=True, any_port=True), f"http://127.0.0.1:{port}/hook?a=b") == "204"
        assert canary == []
        assert heard[0].startswith(b"POST /hook?a=b HTTP/1.1\r\n")


def test_only_the_usual_ports():
    for port in (1, 22, 25, 6379, 8080):
        with pytest.raises(CannotGo):
            Outbound().check(f"https://shop.example:{port}/")
    for url in ("http://shop.example/", "https://shop.example:443/hook", "https://shop.example:80/"):
        assert Outbound().check(url).hostname == "shop.example"


def drip(caller: socket.socket) -> None:
    caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(600):
        caller.sendall(b".")
        time.sleep(0.05)


def endless(caller: socket.socket) -> None:
    caller.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(40_000):
        caller.sendall(b"X-Filler: " + b"x" * 990 + b"\r\n")


def test_an_answer_is_waited_for_and_read_only_so_far():
    client = Outbound(anywhere=True, any_port=True, seconds=0.5)
    for answer, expected in ((drip, "200"), (lambda caller: time.sleep(30), "NoAnswer"), (endless, "NoAnswer")):
        began = time.monotonic()
        with listening(answer) as (port, _):
            assert outcome(client, f"http://127.0.0.1:{port}/") == expected
        assert time.monotonic() - began < 15
    assert LARGEST_ANSWER == 65536


def test_what_is_public():
    assert all(is_public(address) for address in ("93.184.215.14", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001:81b::200e"))
    assert [address for address in ("::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "nonsense", "") if is_public(address)] == []
    assert "127.0.0.1" in resolve("127.1", 80)
