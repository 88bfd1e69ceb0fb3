"""Orders that tests place over HTTP."""

from typing import Any

from flask.testing import FlaskClient

ORDER: dict[str, Any] = {
    "customerName": "Jane Smith",
    "customerEmail": "jane@example.com",
    "customerPhone": "+14155550123",
    "serviceIds": ["s1", "s3"],
    "pickupDate": "2030-01-20",
    "specialInstructions": "Express service needed",
}


def place(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    """The placed order's dictionary."""
    response = client.post("/api/orders", json={**ORDER, **changes})
    assert response.status_code == 201, response.text
    order: dict[str, Any] = response.json["order"]
    return order


def place_for(client: FlaskClient, email: str) -> dict[str, Any]:
    return place(client, customerEmail=email)
