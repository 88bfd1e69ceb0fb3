"""Batches over HTTP, as several tests make them."""

from collections.abc import Iterable
from typing import Any

from flask.testing import FlaskClient

BATCHES, COUNTER = "/admin/api/transit-batches", "/employee/api/transit-batches"


def batch_of(client: FlaskClient, order_ids: list[str], kind: str = "STORE_TO_FACTORY") -> dict[str, Any]:
    response = client.post(COUNTER, json={"order_ids": order_ids, "type": kind})
    assert response.status_code == 201, response.text
    batch: dict[str, Any] = response.json
    return batch


def take_step(client: FlaskClient, batch_id: int, step: str) -> dict[str, Any]:
    response = client.put(f"{BATCHES if step == 'cancel' else COUNTER}/{batch_id}/{step}")
    assert response.status_code == 200, response.text
    batch: dict[str, Any] = response.json
    return batch


def scan(client: FlaskClient, order_id: str, station: str) -> Any:
    return client.post("/employee/api/scans", json={"code": order_id, "station": station})


def finish(client: FlaskClient, order_ids: Iterable[str]) -> None:
    """The plant's work."""
    for order_id in order_ids:
        for station in ("processing", "ready"):
            assert scan(client, order_id, station).status_code == 200


def state_of(client: FlaskClient, order_id: str) -> str:
    return str(client.get(f"/employee/api/orders/{order_id}").json["status"])
