"""What the full shop is furnished with: orders in every state, a very long name, and a customer with a past."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.clients.outbound import Outbound
from app.core import clock
from app.extensions import db
from app.identity.models import Account
from app.identity.permissions import ALLOWED, Role
from app.identity.principal import Principal
from app.logistics import delivery_service
from app.orders import order_service
from app.orders.order_rules import Event
from app.portals.http import vaults
from app.transit import transit_service
from app.transit.batch_rules import BatchType
from app.webhooks import endpoint_service
from tests.support.people import ALICE, WANDA
from tests.support.shop import application, inside

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff Maharajapuram Venkataramanan the Younger, of the Old Town Laundry Society"
PLANT = (Event.SEND_OUT, Event.RECEIVE_AT_PLANT, Event.START, Event.FINISH)
WAYS: tuple[tuple[Event, ...], ...] = (
    (),
    PLANT[:1],
    PLANT[:2],
    PLANT[:3],
    PLANT,
    (*PLANT, Event.SEND_BACK),
    (*PLANT, Event.COLLECT),
    (*PLANT, Event.LOAD),
    (*PLANT, Event.LOAD, Event.DELIVER),
    (Event.CANCEL,),
)


@dataclass(frozen=True)
class Furniture:
    order_id: str  # Alice's, being worked on
    token: str
    number: int
    long_id: str  # the order of the very long name, with many lines


def furnish(url: str, instance: Path) -> Furniture:
    by = Principal(Role.ADMIN, "Maya at the counter", "employee", account_id=1)
    with application(url, instance) as app, inside(app):
        for count in range(50):
            _place(by, WAYS[count % len(WAYS)], hours_ago=100 - count, customerName=f"Customer {count}")
        for way in WAYS:
            _place(by, way, hours_ago=30, customerName=ALICE.name, customerEmail=ALICE.login)
        items = [{"serviceId": f"s{1 + n % 3}", "quantity": 1 + n, "garment": f"piece {n}", "notes": "mind the buttons"} for n in range(30)]
        long = _place(by, (), customerName=LONG_NAME, items=items, specialInstructions="Fold, do not hang.\n" * 8)
        transit_service.create({"type": BatchType.STORE_TO_FACTORY, "order_ids": [long[0]], "created_by": LONG_NAME}, by=by)
        _add_a_webhook(by)
        known = _place(by, PLANT[:3], customerName=ALICE.name, customerEmail=ALICE.login)
        _plan_a_round([_place(by, PLANT, customerName=name)[0] for name in ("Asha Verma", LONG_NAME, "Ravi Krishnan")], by)
    return Furniture(*known, long[0])


def _add_a_webhook(by: Principal) -> None:
    """Nothing listens there, so it shows what did not get through."""
    wanted = {"url": "https://192.0.2.1/hook", "note": "Bookkeeping", "events": ["order.moved", "order.placed"], "enabled": True}
    endpoint_service.create(wanted, vault=vaults.for_webhooks(), client=Outbound(), by=by)


def _plan_a_round(order_ids: list[str], by: Principal) -> None:
    wanda = db.session.scalars(select(Account.id).where(Account.login == WANDA.login)).one()
    stop = {"kind": "DROP_OFF", "worker_id": wanda, "window": "9 to 11", "address": "14 Marine Drive\nMumbai 400020"}
    stops = [delivery_service.plan({"order_id": order_id, **stop}, by=by) for order_id in order_ids]
    driver = Principal(Role.WORKER, WANDA.name, "worker", account_id=wanda, permissions=ALLOWED[Role.WORKER])
    delivery_service.start(stops[0].id, by=driver)
    delivery_service.fail(stops[0].id, "Nobody was at home", by=driver)
    delivery_service.start(stops[1].id, by=driver)


def _place(by: Principal, way: tuple[Event, ...], *, hours_ago: int = 0, **changes: Any) -> tuple[str, str, int]:
    """Its id, its tracking token and its number."""
    at = clock.now() - timedelta(hours=hours_ago)
    data = {"customerName": "Jane", "customerEmail": "jane@example.com", "customerPhone": "+14155550123", **changes}
    if "items" not in data:
        data["serviceIds"] = ["s1", "s3", "s3"]
    order = order_service.place(data, by=by, at=at)
    written = order.id, order.tracking_token, order.number  # before the next transaction, which reads it afresh
    for event in way:
        order_service.transition(written[0], event, by=by, at=at)
    return written
