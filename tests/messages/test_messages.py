"""What customers find in their letter box and on their phone: once, in their language, not at night, and not if they do not want it."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.clients.outbound import Outbound
from app.clients.texts import Gateway, Refused, TextsOut
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.housekeeping import carriers
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.notifications import outbox_service
from app.orders import order_service
from tests.support.mail import letters, smtp_server
from tests.support.orders import ORDER, place
from tests.support.people import ALICE, WANDA, account_id_of
from tests.support.receiver import receiver
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def public(app):
    app.config["PUBLIC_URL"] = "https://shop.example"


def deliver(app, *, later: timedelta = timedelta(0)) -> int:
    with inside(app):
        return outbox_service.deliver_due(carriers(), now=lambda: clock.now() + later)


def scan(employee, order, *stations) -> None:
    for station in stations:
        scanned = employee.post("/employee/api/scans", json={"code": order["id"], "station": station})
        assert scanned.status_code == 200, scanned.text


def subjects(app, to=ALICE.login) -> list[str]:
    return [letter["Subject"] for letter in letters(app, to)]


def texts(app) -> list[dict]:
    files = sorted((Path(app.config["INSTANCE"]) / "outbox").glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    return [json.loads(file.read_text()) for file in files]


def settle_on(admin, *, channels=("email",), on=None, **more):
    shown = admin.get("/admin/messages/", headers=PAGE).text
    version = re.search(r'name="version" value="(\d+)"', shown)[1]
    occasions = on if on is not None else re.findall(r'name="on"\s+value="(\w+)"', shown)
    answer = admin.post(
        "/admin/messages/", data={"channels": list(channels), "on": list(occasions), "version": version, **more}, headers=PAGE
    )
    assert answer.status_code == 303, answer.text


def test_an_order_is_told_from_the_counter_to_the_door(app, alice, employee, admin, worker):
    order = place(alice)
    deliver(app)
    scan(employee, order, "dispatch", "factory", "processing", "ready")
    deliver(app, later=timedelta(minutes=5))
    assert subjects(app) == [f"Your order {order['number']} at FabClean"]  # finished at the plant is not ready at the shop
    scan(employee, order, "return", "store", "van")
    deliver(app, later=timedelta(minutes=5))
    assert subjects(app)[1:] == [f"Order {order['number']} is on its way"]  # by then it was no longer waiting at the shop
    letter = letters(app, ALICE.login)[0]
    said = letter.get_body(("plain",)).get_content()
    assert said.startswith("Hello Alice,")
    assert "https://shop.example/track/" in said
    assert f"{order['total']:,.2f}" in said
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_is_taken_back_is_not_told_and_nothing_is_told_twice(app, alice, employee):
    order = place(alice)
    scan(employee, order, "processing", "ready")
    with inside(app):
        order_service.undo_scan(order["id"], "ready", by=Principal.command_line("tests"))
    assert deliver(app, later=timedelta(minutes=3)) == 2
    assert not any("is ready" in subject for subject in subjects(app))
    scan(employee, order, "ready")
    deliver(app, later=timedelta(minutes=6))
    assert subjects(app).count(f"Order {order['number']} is ready") == 1
    with inside(app):
        order_service.undo_scan(order["id"], "ready", by=Principal.command_line("tests"))
    scan(employee, order, "ready")
    deliver(app, later=timedelta(minutes=9))
    assert subjects(app).count(f"Order {order['number']} is ready") == 1


def test_a_pickup_is_told_when_booked_and_when_nobody_was_there(app, alice, admin, worker):
    order = place(alice)
    wanda = account_id_of(app, WANDA)
    stop = admin.post("/admin/api/deliveries", json={"order_id": order["id"], "kind": "PICKUP", "worker_id": wanda, "window": "9-11"}).json
    assert worker.put(f"/worker/api/deliveries/{stop['id']}/start").status_code == 200
    assert worker.put(f"/worker/api/deliveries/{stop['id']}/fail", json={"reason": "nobody"}).status_code == 200
    deliver(app)
    assert [re.sub(r" on .*", "", subject) for subject in subjects(app)][1:] == [
        "We come for your things",
        f"We came for order {order['number']} in vain",
    ]


def test_is_held_while_it_is_quiet_and_a_password_link_is_not(app, alice, client, admin):
    there = clock.now() + timedelta(hours=5, minutes=30)  # the shop is in Kolkata
    quiet = {"quietFrom": f"{there - timedelta(hours=1):%H:%M}", "quietUntil": f"{there + timedelta(hours=1):%H:%M}"}
    settle_on(admin, **quiet)
    place(alice)
    deliver(app)
    client.post("/auth/forgot", json={"email": ALICE.login})
    assert subjects(app) == ["A new password for FabClean"]
    assert deliver(app, later=timedelta(minutes=30)) == 0
    assert deliver(app, later=timedelta(minutes=61)) == 1
    assert len(subjects(app)) == 2


def test_speaks_the_customers_language_and_comes_as_they_chose(app, alice, admin):
    settle_on(admin, channels=("email", "sms", "whatsapp"))
    chosen = alice.post("/customer/me/messages", data={"language": "hi", "channels": ["sms", "whatsapp"]})
    assert chosen.status_code == 303
    assert alice.post("/customer/me", data={"name": "Alice Archer", "phone": "098765 43210"}).status_code == 303
    place(alice)
    deliver(app)
    assert subjects(app) == []
    assert [(one["channel"], one["to"]) for one in texts(app)] == [("sms", "+919876543210"), ("whatsapp", "+919876543210")]
    assert all(re.search("[\u0900-\u097f]", one["text"]) and "https://shop.example/track/" in one["text"] for one in texts(app))
    alice.post("/customer/me/messages", data={"language": "hi"})
    place(alice)
    assert deliver(app) == 0


def test_whoever_follows_the_letters_link_gets_no_more(app, alice, client):
    place(alice)
    deliver(app)
    link = letters(app, ALICE.login)[0]["List-Unsubscribe"].strip("<>").removeprefix("https://shop.example")
    assert client.get(link, headers=PAGE).status_code == 200
    place(alice)
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    place(alice)
    deliver(app)
    assert len(subjects(app)) == 1
    assert client.post(link).status_code == 200  # twice is once
    for wrong in ("/unsubscribe?token=x", "/unsubscribe", link[:-3] + "abc"):
        assert client.post(wrong).status_code == 400


def test_nobody_is_told_of_what_anybody_ordered_in_their_name_or_was_long_ago(app, client):
    place(client, customerEmail="victim@example.com")
    with inside(app):
        data = {**ORDER, "customerEmail": "old@example.com", "pickupDate": None}
        order_service.place(data, by=Principal(Role.EMPLOYEE, "Erin", "employee", account_id=1), at=clock.now() - timedelta(days=3))
    assert deliver(app) == 0
    assert [(letter["To"], letter["Subject"]) for letter in letters(app)] == [("victim@example.com", "Your orders at FabClean")]


def test_an_occasion_that_is_off_tells_nobody_and_the_shops_own_words_are_used(app, alice, admin, employee):
    settle_on(admin, on=("ready",))
    own = {"subject": "Fertig: {number}", "body": "{name}, komm!", "short": "{number} fertig", "version": "0"}
    assert admin.post("/admin/messages/ready/en", data=own, headers=PAGE).status_code == 303
    order = place(alice)
    scan(employee, order, "processing", "ready")
    deliver(app, later=timedelta(minutes=5))
    assert subjects(app) == [f"Fertig: {order['number']}"]
    assert letters(app, ALICE.login)[0].get_body(("plain",)).get_content().startswith("Alice, komm!")


def test_a_forgotten_customer_is_told_nothing_and_nothing_of_them_stays(app, alice, admin):
    place(alice)
    customer_id = next(one["id"] for one in admin.get("/admin/api/customers").json if one["email"] == ALICE.login)
    with inside(app):
        assert not re.search("(?i)alice|555", str(db.session.execute(text("SELECT * FROM outgoing")).all()))
    assert admin.delete(f"/admin/api/customers/{customer_id}").status_code == 200
    assert deliver(app) == 0
    with inside(app):
        assert db.session.scalar(text("SELECT count(*) FROM outgoing")) == 0


def test_a_mail_server_that_is_away_is_tried_again_and_one_letter_comes(app, alice):
    with smtp_server(refuses=1) as server:
        app.config["SMTP_URL"] = f"smtp://{server.address}"
        place(alice)
        deliver(app)
        assert server.letters == []
        assert deliver(app, later=timedelta(seconds=50)) == 0
        deliver(app, later=timedelta(minutes=2))
        assert [letter["To"] for letter in server.letters] == [ALICE.login]
        assert deliver(app, later=timedelta(days=2)) == 0


def test_a_gateway_is_told_in_its_own_words(tmp_path):
    client = Outbound(anywhere=True, any_port=True)
    with receiver() as there:
        form = Gateway(there.url, {"Authorization": "Bearer x"}, "To={to}&Body={text}")
        as_json = Gateway(there.url, {}, '{"to": "{to}", "text": "{text}", "ref": "{id}"}')
        texts = TextsOut({"sms": form, "whatsapp": as_json}, client, tmp_path)
        for channel in ("sms", "whatsapp"):
            texts.send(channel, "+911", 'ready & "{to}" \u0939', "m1")
        assert there.requests[0][1] == b"To=%2B911&Body=ready+%26+%22%7Bto%7D%22+%E0%A4%B9"
        assert there.requests[0][0]["authorization"] == "Bearer x"
        assert json.loads(there.requests[1][1]) == {"to": "+911", "text": 'ready & "{to}" \u0939', "ref": "m1"}
        for status, raised in ((400, Refused), (401, Exception), (429, Exception), (500, Exception)):
            there.status = status
            with pytest.raises(raised) as caught:
                texts.send("sms", "+911", "x", "m1")
            assert isinstance(caught.value, Refused) == (status == 400)


def test_two_who_tell_the_same_at_once_tell_it_once(app, alice):
    order = place(alice)
    with inside(app):
        row = {"message_id": "ready:x", "route": "email", "target": "1", "subject": f"order:{order['id']}", "topic": "ready", "data": {}}
        for _ in range(2):
            with unit_of_work():
                outbox_service.put_once([{**row, "next_at": clock.now()}])
        assert db.session.scalar(text("SELECT count(*) FROM outgoing WHERE message_id = 'ready:x'")) == 1
