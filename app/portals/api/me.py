"""What the signed-in person may ask for about themselves: a copy of everything, to be forgotten, another password."""

from typing import Any, TypedDict

from flask import jsonify, session
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.pagination import LARGEST_LIMIT
from app.customers import approval_service, erasing_service
from app.customers import queries as customers
from app.customers.models import ApprovalDict, CustomerDict
from app.identity import session_service
from app.identity.permissions import Permission
from app.identity.schemas import PasswordAgain, PasswordChange
from app.identity.session_service import SignInDict
from app.orders import queries as orders
from app.orders.models import OrderDict, OrderEventDict, TrackedEventDict
from app.portals.api import api
from app.portals.http import own_password
from app.portals.http.guard import who
from app.portals.http.portal import answers, permits, reads, secret
from app.portals.http.signing_in import MessageDict


class ExportedOrderDict(TypedDict):
    order: OrderDict
    timeline: list[TrackedEventDict]


class ExportDict(TypedDict):
    exportedAt: str
    customer: CustomerDict
    notes: str | None
    signIns: list[SignInDict]
    requests: list[ApprovalDict]
    orders: list[ExportedOrderDict]


@api.get("/api/me/export")
@permits(Permission.CUSTOMER_EXPORT_OWN)
@answers(200, ExportDict, "Everything that is kept about the signed-in customer.")
def export_me() -> ResponseReturnValue:
    customer = customers.get(who().customer_id)
    export: ExportDict = {
        "exportedAt": clock.wire(clock.now()),
        "customer": customer.to_dict(),
        "notes": customer.notes,
        "signIns": session_service.of_account(who().account_id or 0),
        "requests": [one.to_dict() for one in approval_service.of_customer(customer.id)],
        "orders": _orders_of(customer.id),
    }
    response = jsonify(export)
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@api.delete("/api/me")
@permits(Permission.CUSTOMER_ERASE_OWN)
@reads(PasswordAgain)
@answers(200, MessageDict, "Forgotten: the account, every sign-in, and what names this person in their orders.")
@secret
def erase_me(data: dict[str, Any]) -> ResponseReturnValue:
    me = who()
    own_password.confirm(data["password"])
    erasing_service.erase(me.customer_id or 0, by=me)
    session.pop("customer", None)
    return {"message": "Deleted"}


@api.put("/api/me/password")
@permits(Permission.ACCOUNT_CHANGE_PASSWORD)
@reads(PasswordChange)
@answers(200, MessageDict, "The new password is set; every other sign-in of this account is over.")
@secret
def change_my_password(data: dict[str, Any]) -> ResponseReturnValue:
    own_password.change(data)
    return {"message": "Password changed"}


def _orders_of(customer_id: int) -> list[ExportedOrderDict]:
    """All pages of them. Who of the staff did each step is about somebody else, so it is left out."""
    exported: list[ExportedOrderDict] = []
    page = orders.newest(customer_id=customer_id, limit=LARGEST_LIMIT)
    while True:
        events = orders.timelines(order["id"] for order in page.rows)
        exported += [{"order": order, "timeline": [_step(event) for event in events[order["id"]]]} for order in page.rows]
        if page.next_cursor is None:
            return exported
        page = orders.newest(customer_id=customer_id, limit=LARGEST_LIMIT, cursor=page.next_cursor)


def _step(event: OrderEventDict) -> TrackedEventDict:
    return {"event": event["event"], "status": event["status"], "at": event["at"]}
