"""Every part pages are built from, in every state and in both colour schemes: to be looked at while working on one."""

from datetime import timedelta
from typing import Any

from flask import abort, current_app, render_template

from app.config import DEVELOPMENT, TESTING
from app.core import clock
from app.identity.permissions import Permission
from app.orders.order_rules import Status
from app.portals.http.forms import EMPTY, Form
from app.portals.http.portal import permits
from app.portals.http.progress import steps
from app.portals.public import public
from app.transit.batch_rules import BatchStatus

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff Maharajapuram Venkataramanan the Younger"
WRONG = ["Must be a number that is not negative."]
REFUSED = Form(errors={"light-refused": WRONG, "dark-refused": WRONG}, sentence="Missing fields")


@public.get("/styleguide")
@permits(Permission.SITE_VISIT)
def styleguide() -> str:
    if current_app.config["ENV_NAME"] not in (DEVELOPMENT, TESTING):
        abort(404)
    forms = {"empty": EMPTY, "refused": REFUSED}
    shown = {"orders": [_order(place, status) for place, status in enumerate(Status)], "days": _days(), "forms": forms}
    events = [{"event": "placed", "status": Status.AT_STORE, "at": clock.wire(clock.now()), "by": LONG_NAME}]
    states = {"statuses": list(Status), "batches": list(BatchStatus), "events": events}
    ways = [steps(status, events) for status in (Status.AT_STORE, Status.PROCESSING, Status.COLLECTED, Status.CANCELLED)]
    return render_template("public/styleguide.html", ways=ways, **shown, **states)


def _order(place: int, status: Status) -> dict[str, Any]:
    due = clock.wire(clock.now() + timedelta(hours=20 * (place - 2)))
    items = [{"serviceId": "s1", "service": "Laundry", "quantity": 1 + place, "unitPrice": 200.0, "total": 200.0 * (1 + place)}]
    lines = [item | {"garment": "shirt", "notes": "mind the buttons"} for item in items]
    name = LONG_NAME if place == 1 else "Asha Verma"
    money = {"total": 200.0 * (1 + place), "currency": "INR", "paid": bool(place % 2)}
    return {"id": f"0000-{place}", "number": 40 + place, "customerName": name, "status": status, "dueAt": due, "items": lines, **money}


def _days() -> list[dict[str, Any]]:
    today = clock.now().date()
    return [{"day": (today - timedelta(days=29 - ago)).isoformat(), "orders": ago % 7, "total": 100.0 * (ago % 7)} for ago in range(30)]
