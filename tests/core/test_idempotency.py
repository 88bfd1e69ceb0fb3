"""One key, one effect: however many knock at once, whoever they are, and whatever they send the second time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock, idempotency
from app.core.errors import KeyReused
from app.core.idempotency import RememberedRequest, Reply, Sender
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity.permissions import Permission
from app.orders.models import Order
from app.places.models import Store
from app.portals.http.portal import Portal, permits
from tests.support import people
from tests.support.shop import inside

THREADS = 50
ORDER = {"customerName": "Alice Archer", "customerEmail": "alice@example.com", "customerPhone": "555-0100", "serviceIds": ["s1", "s2"]}


def sender(caller="account:1", route="POST /api/orders", key="k", fingerprint="f"):
    return Sender(caller, route, key, fingerprint)


def carry_out(who, reply):
    with unit_of_work():
        known = idempotency.claim(who)
        if known is None:
            idempotency.remember(who, reply)
        return known


def count(app, model):
    with inside(app):
        return db.session.scalar(select(func.count()).select_from(model))


def place(app, key, order=ORDER, headers=None):
    return app.test_client().post("/api/orders", json=order, headers={"Idempotency-Key": key, **(headers or {})})


def test_fifty_at_once_have_one_effect(app):
    together = threading.Barrier(THREADS)

    def knock(_):
        together.wait()
        return place(app, "one key")

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(knock, range(THREADS)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == THREADS - 1
    assert count(app, Order) == 1


def test_without_a_key_each_counts(app):
    """The control: two of the same request are two orders."""
    for _ in range(2):
        app.test_client().post("/api/orders", json=ORDER)
    assert count(app, Order) == 2


def test_another_request_with_the_key_is_refused(app):
    assert place(app, "one key").status_code == 201
    other = place(app, "one key", {**ORDER, "serviceIds": ["s3"]})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert count(app, Order) == 1


def test_a_key_means_nothing_to_somebody_else(app):
    for person in (people.ALICE, people.BOB):
        assert place(app, "one key", headers=people.bearer_of(app, person)).status_code == 201
    assert place(app, "one key").status_code == 201
    assert count(app, Order) == 3


def test_a_request_that_failed_leaves_no_key(app):
    wrong = {**ORDER, "serviceIds": ["s99"]}
    assert place(app, "one key", wrong).status_code == 400
    assert count(app, RememberedRequest) == 0
    assert place(app, "one key").status_code == 201


def test_an_answer_that_is_an_error_is_not_kept_nor_what_was_written_for_it(own_app):
    portal, walked_through = Portal("fresh", __name__, realms=("staff",)), []

    @portal.post("/change-of-mind")
    @permits(Permission.SITE_VISIT)
    def change_of_mind():
        walked_through.append(1)
        with unit_of_work() as session:
            session.add(Store(code=f"s{len(walked_through)}", name="", created_at=clock.now()))
        return {"error": "on second thoughts"}, 409

    own_app.register_blueprint(portal)
    before = count(own_app, Store)
    for _ in range(2):
        assert own_app.test_client().post("/change-of-mind", json={}, headers={"Idempotency-Key": "one key"}).status_code == 409
    assert len(walked_through) == 2
    assert count(own_app, Store) == before
    assert count(own_app, RememberedRequest) == 0


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "tab\there"])
def test_refuses_what_is_no_key(app, key):
    assert place(app, key).status_code == 400
    assert count(app, Order) == 0


def test_takes_the_longest_key(app):
    assert place(app, "x" * 255).status_code == 201


def test_remembers_the_reply(app):
    reply = Reply(201, {"Location": "/here"}, b'{"id": 1}')
    with inside(app):
        assert carry_out(sender(), reply) is None
        assert carry_out(sender(), Reply(500, {}, b"")) == reply


@pytest.mark.parametrize("other", [{"caller": "account:2"}, {"route": "POST /api/payments"}, {"key": "l"}])
def test_keys_of_others_are_other_keys(app, other):
    with inside(app):
        assert carry_out(sender(), Reply(201, {}, b"")) is None
        assert carry_out(sender(**other), Reply(201, {}, b"")) is None


def test_a_different_fingerprint_is_another_request(app):
    with inside(app):
        carry_out(sender(), Reply(201, {}, b""))
        with pytest.raises(KeyReused):
            carry_out(sender(fingerprint="g"), Reply(201, {}, b""))


def test_forgets_what_is_old_and_nothing_else(app):
    with inside(app):
        carry_out(sender(), Reply(201, {}, b""))
        assert idempotency.forget_before(clock.now() - timedelta(hours=1)) == 0
        assert idempotency.forget_before(clock.now() + timedelta(hours=1)) == 1
        assert carry_out(sender(), Reply(201, {}, b"")) is None
