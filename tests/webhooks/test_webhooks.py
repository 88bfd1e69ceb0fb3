"""Webhooks from the outside: made, told, checked by a receiver's library, repeated for three days, switched off, sent again."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.clients.outbound import Outbound
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.housekeeping import carriers, deliver_due
from app.identity import key_service
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.notifications import outbox_service
from app.webhooks.webhook_rules import WAITS, Topic, next_try
from tests.support.orders import place
from tests.support.receiver import receiver
from tests.support.shop import inside
from tests.transit.batches import batch_of

EVERYTHING = [str(topic) for topic in Topic]


@pytest.fixture
def there(app):
    app.config["WEBHOOKS_ANYWHERE"] = True
    with receiver() as server:
        yield server


def make(admin, there, *events, **more) -> SimpleNamespace:
    made = admin.post("/admin/api/webhooks", json={"url": there.url, "events": events or EVERYTHING, **more})
    assert made.status_code == 201, made.text
    return SimpleNamespace(**made.json, path=f"/admin/api/webhooks/{made.json['id']}")


def deliver(app, *, later: timedelta = timedelta(0)) -> int:
    with inside(app):
        return outbox_service.deliver_due({"webhook": carriers()["webhook"]}, now=lambda: clock.now() + later)


def messages(admin, hook) -> list[dict]:
    return admin.get(f"{hook.path}/messages").json


def test_a_receiver_finds_every_message_signed_and_nobody_named(app, admin, there):
    hook = make(admin, there)
    order = place(admin, specialInstructions="ring at Mrs Miller's")
    admin.post("/admin/api/deliveries", json={"order_id": order["id"], "kind": "DROP_OFF", "address": "14 Marine Drive"})
    batch = batch_of(admin, [order["id"]])
    admin.put(f"/admin/api/transit-batches/{batch['id']}/initiate")
    admin.put(f"/admin/api/transit-batches/{batch['id']}/arrive")
    deliver(app)
    kinds = [told["type"] for told in there.told()]
    assert sorted(kinds) == sorted([
        "customer.created", "order.placed", "delivery.planned", "transit_batch.created", "order.moved", "transit_batch.moved",
        "order.moved", "transit_batch.moved",
    ])  # fmt: skip
    moved = [told["data"] for told in there.told() if told["data"].get("id") == order["id"]]
    assert [(data["status"], data.get("event")) for data in moved] == [
        ("At Store", None), ("In Transit", "sent to the plant"), ("At Factory", "received at the plant")]  # fmt: skip
    for headers, body in there.requests:
        assert Webhook(hook.secret).verify(body, headers)["timestamp"].endswith("Z")
        assert not any(word in body.decode() for word in ("Jane", "jane@", "0123", "Miller", "Marine"))
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.secret).verify(there.requests[0][1] + b" ", there.requests[0][0])
    assert len(set(there.ids())) == len(kinds)
    assert {(message["state"], message["attempts"], message["log"][0]["status"]) for message in messages(admin, hook)} == {("done", 1, 204)}


def test_only_what_it_wants_and_only_while_it_is_on(app, admin, there):
    hook = make(admin, there, "order.placed", note="till")
    other = make(admin, there, "order.placed")
    place(admin)
    deliver(app)
    assert [told["type"] for told in there.told()] == ["order.placed"] * 2
    assert len(set(there.ids())) == 1  # one event is one message, to whomever it goes
    assert admin.put(other.path, json={"enabled": False}).json["enabled"] is False
    place(admin)
    off = admin.put(hook.path, json={"enabled": False, "note": "later"}, headers={"If-Match": '"v1"'})
    assert (off.status_code, off.json["note"]) == (200, "later")
    assert admin.put(hook.path, json={"note": "x"}, headers={"If-Match": '"v1"'}).status_code == 412
    assert deliver(app) == 0
    assert messages(admin, hook)[0]["state"] == "parked"
    refused = [admin.post(f"{hook.path}/{what}") for what in ("test", f"messages/{messages(admin, hook)[0]['id']}/send-again")]
    assert [answer.json["code"] for answer in refused] == ["webhook_off"] * 2


def test_is_told_nothing_of_what_was_undone(app, admin, there):
    make(admin, there, "order.placed")
    assert admin.post("/api/orders", json={**ORDER_THAT_FAILS}).status_code == 400
    assert deliver(app) == 0


ORDER_THAT_FAILS = {"customerName": "J", "customerEmail": "j@example.com", "customerPhone": "555-0100", "serviceIds": ["s1", "nope"]}


def test_two_secrets_sign_for_a_day(app, admin, there):
    hook = make(admin, there, "order.placed")
    new = admin.post(f"{hook.path}/secret").json
    assert new["secret"] != hook.secret
    place(admin)
    deliver(app)
    headers, body = there.requests[-1]
    for secret in (hook.secret, new["secret"]):
        assert Webhook(secret).verify(body, headers)
    place(admin)
    deliver(app, later=timedelta(hours=24, minutes=1))
    assert len(there.requests[-1][0]["webhook-signature"].split()) == 1
    shown = [answer.text for answer in (admin.get("/admin/api/webhooks"), admin.get(hook.path), admin.get(f"/admin/webhooks/{hook.id}"))]
    assert not any("whsec_" in text for text in shown)
    with inside(app):
        stored = db.session.execute(text("SELECT sealed_secret, old_sealed_secret FROM webhook_endpoint")).one()
        assert not any(secret.removeprefix("whsec_") in str(stored) for secret in (hook.secret, new["secret"]))


def test_is_repeated_for_three_days_and_then_switched_off(app, admin, there):
    hook, there.status = make(admin, there, "order.placed"), 500
    place(admin)
    tries = [timedelta(0)]
    deliver(app)
    for wait in WAITS:
        due = tries[-1] + wait
        assert deliver(app, later=due - timedelta(seconds=2)) == 0
        assert deliver(app, later=due + timedelta(seconds=2)) == 1
        tries.append(due + timedelta(seconds=2))
    assert len(there.requests) == 10
    assert len(set(there.ids())) == 1
    assert timedelta(days=3) < tries[-1] < timedelta(days=4)
    shown, message = admin.get(hook.path).json, messages(admin, hook)[0]
    assert (shown["enabled"], shown["switchedOffBecause"]) == (False, "nothing got through for three days")
    assert (message["state"], [one["status"] for one in message["log"]]) == ("parked", [500] * 10)
    assert b"Switched off by itself" in admin.get(f"/admin/webhooks/{hook.id}").data
    assert f'href="/admin/webhooks/{hook.id}"' in admin.get("/admin/").text
    there.status = 204
    assert admin.put(hook.path, json={"enabled": True}).json["switchedOffBecause"] is None
    assert "/admin/webhooks/" not in admin.get("/admin/").text
    assert admin.post(f"{hook.path}/messages/{message['id']}/send-again").status_code == 202
    assert deliver(app) == 1
    assert there.ids()[-1] == there.ids()[0]
    assert (messages(admin, hook)[0]["state"], admin.get(hook.path).json["failingSince"]) == ("done", None)


def test_an_endpoint_that_fails_now_and_then_stays_on(app, admin, there):
    hook = make(admin, there, "order.placed")
    for days, there.status in ((0, 500), (2, 204), (4, 500), (5, 302), (6, 204)):
        place(admin)
        deliver(app, later=timedelta(days=days))
    assert admin.get(hook.path).json["enabled"] is True


def test_a_receiver_says_when_to_come_back_and_that_it_is_gone(app, admin, there):
    hook, there.status, there.retry_after = make(admin, there, "order.placed"), 503, "3600"
    place(admin)
    deliver(app)
    assert deliver(app, later=timedelta(minutes=59)) == 0
    there.status = 410
    assert deliver(app, later=timedelta(minutes=61)) == 1
    assert admin.get(hook.path).json["switchedOffBecause"] == "it answered that it is gone (410)"
    now = clock.now()
    assert next_try(1, now, "99999999") == next_try(1, now, "-1") == next_try(1, now, "Wed, 21 Oct") == now + timedelta(seconds=5)
    assert next_try(1, now, "9999999") == now + timedelta(hours=24)
    assert next_try(10, now) is None


def test_a_private_address_is_never_written_to(app, admin, there):
    """One that is plainly not to be reached is refused when it is typed; where a name leads is found when there is something to send."""
    hook = make(admin, there, "order.placed")
    app.config["WEBHOOKS_ANYWHERE"] = False
    for url in (there.url, "http://user@shop.example/", "ftp://shop.example/", "https://shop.example:6379/"):
        refused = admin.post("/admin/api/webhooks", json={"url": url, "events": EVERYTHING})
        assert (refused.status_code, list(refused.json["fields"])) == (400, ["url"])
    with inside(app), unit_of_work() as session:
        session.execute(text("UPDATE webhook_endpoint SET url = 'http://localhost/hook'"))
    place(admin)
    deliver(app)
    assert there.requests == []
    assert messages(admin, hook)[0]["log"][0]["note"] == "This address leads into a private network."
    assert Outbound() == Outbound(anywhere=False, any_port=False)


def test_tried_out_and_deleted_with_everything(app, admin, there):
    hook = make(admin, there)
    tried = admin.post(f"{hook.path}/test")
    assert (tried.status_code, tried.json["type"]) == (202, "webhook.test")
    deliver(app)
    assert there.told()[0]["data"] == {"business": "main"}
    assert admin.delete(hook.path).status_code == 200
    assert [admin.get(path).status_code for path in (hook.path, f"{hook.path}/messages")] == [404, 404]
    assert admin.post(f"{hook.path}/messages/msg_x/send-again").status_code == 404
    with inside(app):
        assert [db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("outgoing", "webhook_attempt")] == [0, 0]


def test_there_are_only_so_many(admin, there):
    for _ in range(20):
        make(admin, there, "order.placed")
    assert admin.post("/admin/api/webhooks", json={"url": there.url, "events": ["order.placed"]}).status_code == 409


def test_what_cannot_be_read_is_refused(admin, there):
    for wrong in (
        {"events": []},
        {"events": ["order.eaten"]},
        {"url": ""},
        {"url": 7},
        {"url": "x" * 2001},
        {"enabled": 1},
        {"colour": "red"},
    ):
        assert admin.post("/admin/api/webhooks", json={"url": there.url, "events": EVERYTHING, **wrong}).status_code == 400, wrong


def test_a_programs_key_may_if_it_was_allowed_to(app, client, admin, there):
    hook = make(admin, there)
    with inside(app):
        keys = [
            key_service.make("Till", [scope], role=Role.MANAGER, days=1, by=Principal.command_line("tests"))[1]
            for scope in ("order", "webhook:read", "webhook")
        ]
    answers = [
        [client.open(hook.path, method=method, headers={"X-Api-Key": key}).status_code for method in ("GET", "DELETE")] for key in keys
    ]
    assert answers == [[403, 403], [200, 403], [200, 200]]


def test_housekeeping_carries_and_a_business_in_trouble_keeps_nobody_waiting(app, admin, there, caplog):
    outbox_service.take_noted()  # what other tests have left in this process
    make(admin, there, "order.placed")
    place(admin)
    with app.app_context():
        assert outbox_service.take_noted() == {"main"}
        deliver_due("no-such-business")
        deliver_due("main")
    assert len(there.requests) == 1
    assert [record.tenant for record in caplog.records if "could not be carried" in record.message] == ["no-such-business"]
