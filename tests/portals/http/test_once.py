"""An Idempotency-Key makes a repeated request harmless."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.orders import ORDER
from tests.support.people import ALICE, BOB

KEY = {"Idempotency-Key": "3f1c7c1e-1"}


def test_the_second_request_gets_the_first_answer(alice):
    first = alice.post("/api/orders", json=ORDER, headers=KEY)
    second = alice.post("/api/orders", json=ORDER, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_another_body_is_422(alice):
    alice.post("/api/orders", json=ORDER, headers=KEY)
    other = alice.post("/api/orders", json={**ORDER, "customerName": "Other"}, headers=KEY)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_one_persons_key_means_nothing_to_another(alice, bob, client):
    ids = {somebody.post("/api/orders", json=ORDER, headers=KEY).json["order"]["id"] for somebody in (alice, bob, client)}
    assert len(ids) == 3


def test_what_failed_may_be_tried_again(alice, admin):
    admin.delete("/admin/api/services/s1")
    assert alice.post("/api/orders", json=ORDER, headers=KEY).status_code == 400
    admin.put("/admin/api/services/s1", json={"active": True})
    assert alice.post("/api/orders", json=ORDER, headers=KEY).status_code == 201


@pytest.mark.parametrize(("key", "status"), [("k" * 255, 201), ("k" * 256, 400), ("schlüssel", 400), ("", 400)])
def test_a_key_has_a_form(alice, key, status):
    assert alice.post("/api/orders", json=ORDER, headers={"Idempotency-Key": key}).status_code == status


def test_tokens_are_never_kept(app, client):
    from tests.support.shop import inside

    assert client.post("/auth/login", json=ALICE.credentials, headers=KEY).status_code == 200
    assert client.post("/auth/login", json=BOB.credentials, headers=KEY).json["customer"]["email"] == BOB.login
    with inside(app):
        from sqlalchemy import func, select

        from app.core.idempotency import RememberedRequest
        from app.extensions import db

        assert db.session.scalar(select(func.count()).select_from(RememberedRequest)) == 0


def test_fifty_at_once_on_the_real_server_have_one_effect(live_server):
    def send(_: int) -> httpx.Response:
        return httpx.post(f"{live_server.url}/api/orders", json=ORDER, headers=KEY, timeout=30)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    fresh = httpx.post(f"{live_server.url}/api/orders", json=ORDER, timeout=30)
    assert fresh.json()["order"]["number"] == 2
