"""Nobody drives for an order that is over."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from app.core.errors import DomainError
from app.extensions import db
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.logistics import delivery_service
from app.logistics.models import OPEN, Delivery
from app.orders import order_service
from app.orders.order_rules import Event
from tests.logistics.stops import CLERK, audited, count, make_ready, plan, plan_drop_off, status_of
from tests.support.orders import place
from tests.support.people import WANDA, account_id_of
from tests.support.shop import inside


def test_a_cancelled_or_collected_order_calls_its_stops_off(app, admin, alice, worker):
    order = place(alice)
    pickup, drop_off = (plan(app, admin, order_id=order["id"], kind=kind) for kind in ("PICKUP", "DROP_OFF"))
    another = plan(app, admin)
    worker.put(f"/worker/api/deliveries/{pickup['id']}/start")
    assert alice.delete(f"/api/orders/{order['id']}").status_code == 200
    for stop, before in ((pickup, "STARTED"), (drop_off, "PLANNED")):
        assert admin.get(f"/admin/api/deliveries/{stop['id']}").json["status"] == "CANCELLED"
        entry = audited(app, "delivery.moved", f"delivery:{stop['id']}")[-1]
        assert (entry.before, entry.after["status"], entry.actor) == ({"status": before}, "CANCELLED", "customer 1")
    assert admin.get(f"/admin/api/deliveries/{another['id']}").json["status"] == "PLANNED"

    collected = plan_drop_off(app, admin)
    assert admin.put(f"/admin/api/orders/{collected['orderId']}", json={"status": "Collected"}).status_code == 200
    assert admin.get(f"/admin/api/deliveries/{collected['id']}").json["status"] == "CANCELLED"
    assert status_of(admin, collected["orderId"]) == "Collected"


def test_a_stop_that_delivers_its_order_is_done_and_an_order_delivered_by_hand_calls_it_off(app, admin, worker):
    done, off = plan_drop_off(app, admin), plan_drop_off(app, admin)
    for stop in (done, off):
        worker.put(f"/worker/api/deliveries/{stop['id']}/start")
    assert worker.put(f"/worker/api/deliveries/{done['id']}/complete", json={"name": "Jane"}).json["status"] == "DONE"
    assert admin.put(f"/admin/api/orders/{off['orderId']}", json={"status": "Delivered"}).status_code == 200
    assert admin.get(f"/admin/api/deliveries/{off['id']}").json["status"] == "CANCELLED"


def test_an_order_that_ends_while_its_stop_begins_or_is_planned_leaves_nobody_waiting(app, admin):
    """The counter collects, the van starts, the office plans a pickup, all at once: one of them is told, and no stop stays open."""
    wanda = Principal(Role.WORKER, "Wanda", "worker", account_id=account_id_of(app, WANDA))
    for _ in range(8):
        order = place(admin)
        make_ready(app, order["id"])
        stop = plan(app, admin, order_id=order["id"], kind="DROP_OFF")
        ready = Barrier(3)

        def attempt(what, ready=ready):
            with inside(app):
                ready.wait()
                try:
                    what()
                except DomainError as refused:
                    return refused.code
                return "did"

        with ThreadPoolExecutor(3) as pool:
            told = list(pool.map(attempt, (
                lambda order=order: order_service.transition(order["id"], Event.COLLECT, by=CLERK),
                lambda stop=stop: delivery_service.start(stop["id"], by=wanda),
                lambda order=order: delivery_service.plan({"order_id": order["id"], "kind": "PICKUP"}, by=CLERK),
            )))  # fmt: skip
        ended = told[0] == "did"
        assert ended != (told[1] == "did"), told
        assert set(told) <= {"did", "wrong_step", "wrong_delivery_step", "order_is_finished"}, told
        with inside(app):
            still = db.session.scalars(select(Delivery.kind).where(Delivery.order_id == order["id"], OPEN)).all()
        assert still == [] if ended else "DROP_OFF" in still
    assert count(app, Delivery) >= 8
