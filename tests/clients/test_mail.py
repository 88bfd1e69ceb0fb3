"""Letters on their way: to a server, into the outbox, and while nobody waits."""

import queue
import re
import smtplib
import stat
import threading
import time

import pytest

from app.clients.mail import postman
from app.clients.mail.letter import Letter
from app.clients.mail.routes import NoSafeWay, OutboxRoute, SmtpRoute
from app.core.words import say
from app.notifications import letter_service
from app.notifications.letter_rules import WORDINGS
from tests.support.mail import link_in, read, smtp_server
from tests.support.people import ALICE
from tests.support.shop import application

LETTER = Letter(
    "reset", "zoe@example.com", "Grüße", "Text\nhttps://shop.example/auth/reset?token=abc\n", "<p>HTML</p>", "https://x/?token=abc"
)


def test_goes_over_smtp():
    with smtp_server() as server:
        SmtpRoute(f"smtp://{server.address}", "Shöp", "no-reply@shop.example").deliver(LETTER)
    (letter,) = server.letters
    assert (letter["To"], letter["Subject"], letter["From"]) == ("zoe@example.com", "Grüße", "Shöp <no-reply@shop.example>")
    assert letter.get_body(("plain",)).get_content().splitlines() == LETTER.text.splitlines()
    assert letter.get_body(("html",)).get_content().strip() == LETTER.html
    assert letter["Auto-Submitted"] == "auto-generated"


def test_signs_in_with_the_password_from_the_address():
    with smtp_server() as server:
        SmtpRoute(f"smtp://me%40shop:p%2Fw@{server.address}", "Shop", "a@shop.example").deliver(LETTER)
    import base64

    assert base64.b64decode(server.logins[0]) == b"\0me@shop\0p/w"


def test_a_password_does_not_travel_in_the_clear(monkeypatch):
    """To another machine, that is. The server below is this one, under a name that does not say so."""
    from app.clients.mail import routes

    monkeypatch.setattr(routes, "LOOPBACK", ())
    with smtp_server() as server:
        with pytest.raises(NoSafeWay):
            SmtpRoute(f"smtp://me:pw@{server.address}", "Shop", "a@shop.example").deliver(LETTER)
        assert (server.logins, server.letters) == ([], [])


@pytest.mark.slow
def test_the_application_sends_where_it_is_told(database_url, tmp_path):
    with smtp_server(refuses=1) as server:
        settings = {
            "SMTP_URL": f"smtp://{server.address}",
            "MAIL_FROM": "hello@shop.example",
            "FABCLEAN_PUBLIC_URL": "https://shop.example",
        }
        with application(database_url, tmp_path, **settings) as app:
            assert app.test_client().post("/auth/forgot", json={"email": ALICE.login}).status_code == 202
            assert postman.wait(10)
    (letter,) = server.letters  # refused once, and brought again
    assert letter["From"] == "FabClean <hello@shop.example>"
    assert link_in(letter).startswith("https://shop.example/auth/reset?token=")
    assert not (tmp_path / "outbox").exists()


@pytest.mark.slow
def test_nobody_waits_for_a_slow_server(database_url, tmp_path):
    """Nothing answers at this address; the one who asked hears at once all the same."""
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{silent.getsockname()[1]}", "FABCLEAN_PUBLIC_URL": "https://shop.example"}
        with application(database_url, tmp_path, **settings) as app:
            client = app.test_client()
            client.post("/auth/forgot", json={"email": "warm@example.com"})
            began = time.perf_counter()
            assert client.post("/auth/forgot", json={"email": ALICE.login}).status_code == 202
            assert time.perf_counter() - began < 1
        silent.close()
        assert postman.wait(60)


def test_the_outbox_is_nobody_elses_to_read(tmp_path):
    OutboxRoute(tmp_path / "outbox", "Shop", "a@shop.example").deliver(LETTER)
    (file,) = (tmp_path / "outbox").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert read(file.read_bytes())["To"] == "zoe@example.com"


@pytest.mark.parametrize(("shows", "shown"), [(True, True), (False, False)])
def test_the_log_holds_a_link_in_development_only(tmp_path, caplog, shows, shown):
    OutboxRoute(tmp_path / "outbox", "Shop", "a@shop.example", shows_links=shows).deliver(LETTER)
    assert (getattr(caplog.records[-1], "link", None) == LETTER.link) is shown


def test_what_cannot_be_delivered_is_logged_without_naming_anybody(caplog):
    def refuse():
        raise smtplib.SMTPRecipientsRefused({"zoe@example.com": (550, b"no such zoe")})

    postman.take("reset", refuse)
    assert postman.wait(10)
    record = caplog.records[-1]
    assert (record.kind, record.failure) == ("reset", "SMTPRecipientsRefused")
    assert "zoe" not in str(vars(record))


@pytest.mark.slow
def test_a_failing_errand_does_not_stop_the_next():
    done = threading.Event()
    tries = []

    def fail():
        tries.append(1)
        raise OSError

    postman.take("first", fail)
    postman.take("second", done.set)
    assert done.wait(15)
    assert len(tries) == 1 + len(postman.TRY_AGAIN_AFTER)


def test_too_many_waiting_are_refused(monkeypatch):
    monkeypatch.setattr(postman, "_errands", queue.Queue(1))
    postman._errands.put(("stuck", print))
    with pytest.raises(queue.Full):
        postman.take("one more", print)


FIGURES = dict.fromkeys(("revenue", "since", "until", "placed", "earlier", "out", "share", "late", "new", "returning", "lost"), "7")
TOLD = {"login": "a&b@example.com", "lasts": say("30 minutes"), "again": "https://shop.example/auth/forgot", "reason": "-", "address": "14"}
TOLD |= FIGURES


@pytest.mark.parametrize("kind", WORDINGS)
def test_a_letter_speaks_its_receivers_language_and_leaves_names_alone(kind):
    letter = letter_service.write(kind, "zoe@example.com", business="Orders", link="https://shop.example/?token=a", language="hi", **TOLD)
    for said in (letter.subject, letter.text, letter.html):
        assert "Orders" in said
        assert re.search("[\u0900-\u097f]", said)
    assert "30 minutes" not in letter.text
    assert re.findall("[a-z]{3,}", re.sub(r"https?://\S+|\S+@\S+", "", letter.text)) == ["rders"], letter.text


@pytest.mark.parametrize("kind", WORDINGS)
def test_what_is_not_ours_is_escaped_in_html(kind):
    letter = letter_service.write(kind, "zoe@example.com", business="<b>Shop</b>", link="https://shop.example/?token=a&b", **TOLD)
    assert "<b>Shop</b>" not in letter.html
    assert "&lt;b&gt;Shop&lt;/b&gt;" in letter.html
    assert "<b>Shop</b>" in letter.text
    assert "\n" not in letter.subject
