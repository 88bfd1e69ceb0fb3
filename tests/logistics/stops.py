"""Stops that tests plan, and the second driver, to whom Wanda's are none of his business."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.extensions import db
from app.identity import account_service
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.logistics import delivery_service
from app.orders import order_service
from app.orders.order_rules import Event
from tests.support import people
from tests.support.orders import place
from tests.support.people import WANDA, Person
from tests.support.shop import inside

WARD = Person("ward@shop.example", "Ward West", Role.WORKER)
CLERK = Principal(Role.MANAGER, "Mona", "admin")


def hire(app: Flask, person: Person) -> FlaskClient:
    with inside(app):
        account_service.create_staff(person.login, person.name, person.role, None, by=CLERK)
    return people.client_of(app, person)


def plan(app: Flask, admin: FlaskClient, **changes: Any) -> dict[str, Any]:
    """A stop of Wanda's today: a pickup, unless something else is said."""
    body = {"worker_id": people.account_id_of(app, WANDA), "kind": "PICKUP", **changes}
    response = admin.post("/admin/api/deliveries", json={"order_id": body.get("order_id") or place(admin)["id"], **body})
    assert response.status_code == 201, response.text
    stop: dict[str, Any] = response.json
    return stop


def plan_drop_off(app: Flask, admin: FlaskClient, **changes: Any) -> dict[str, Any]:
    order = place(admin)
    make_ready(app, order["id"])
    return plan(app, admin, order_id=order["id"], kind="DROP_OFF", **changes)


def make_ready(app: Flask, order_id: str) -> None:
    with inside(app):
        for event in (Event.START, Event.FINISH):
            order_service.transition(order_id, event, by=CLERK)


def status_of(client: FlaskClient, order_id: str) -> str:
    status: str = client.get(f"/admin/api/orders/{order_id}").json["status"]
    return status


def today(app: Flask, days: int = 0) -> str:
    with inside(app):
        return (delivery_service.today() + timedelta(days=days)).isoformat()


def ago(**time: float) -> str:
    return clock.wire(clock.now() - timedelta(**time))


def audited(app: Flask, action: str, subject: str) -> list[AuditEntry]:
    with inside(app):
        mine = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.subject == subject).order_by(AuditEntry.id)
        return list(db.session.scalars(mine))


def count(app: Flask, model: Any, *where: Any) -> int:
    with inside(app):
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0
