from typing import Any, TypedDict

from flask.typing import ResponseReturnValue

from app.core.shapes import Email, PageQuery
from app.identity.permissions import Permission
from app.orders import order_service, queries
from app.orders.models import OrderDict
from app.orders.schemas import OrderCreate, OrderUpdate
from app.portals.api import api
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, limited, permits, reads, versioned
from app.portals.http.signing_in import MessageDict


class PlacedCustomerDict(TypedDict):
    id: int | None
    name: str
    email: str
    phone: str
    createdAt: str


class PlacedDict(TypedDict):
    order: OrderDict
    customer: PlacedCustomerDict


class MyOrders(PageQuery):
    email = Email(load_default=None)


@api.post("/api/orders")
@permits(Permission.ORDER_PLACE)
@limited("60 per minute")
@reads(OrderCreate)
@answers(201, PlacedDict, "The order as it was written down. Of the customer it repeats what was sent, and the id only to whom it belongs.")
def place_order(data: dict[str, Any]) -> ResponseReturnValue:
    order = order_service.place(data, by=who())
    shown = order.to_dict()
    mine = who().customer_id is not None and who().customer_id == order.customer_id
    customer: PlacedCustomerDict = {
        "id": order.customer_id if mine or who().is_staff else None,
        "name": data["customerName"],
        "email": data["customerEmail"],
        "phone": data["customerPhone"],
        "createdAt": shown["createdAt"],
    }
    return with_version({"order": shown, "customer": customer}, order.version, 201)


@api.get("/api/orders")
@permits(Permission.ORDER_READ_OWN)
@asks(MyOrders)
@answers(200, list[OrderDict], "One's own orders, newest first.")
def list_my_orders(query: dict[str, Any]) -> ResponseReturnValue:
    customer_id = order_service.whose_orders(query["email"], by=who())
    return listed(queries.newest(customer_id=customer_id, limit=query["limit"], cursor=query["cursor"]))


@api.get("/api/orders/<order_id>")
@permits(Permission.ORDER_READ_OWN)
@answers(200, OrderDict, "The order.")
def show_order(order_id: str) -> ResponseReturnValue:
    order = queries.get_by_code(order_id)
    order_service.ensure_readable(order, by=who())
    return with_version(queries.as_dict(order), order.version)


@api.put("/api/orders/<order_id>")
@permits(Permission.ORDER_CHANGE_OWN)
@reads(OrderUpdate)
@versioned
@answers(200, OrderDict, "The order as it is now.")
def change_order(order_id: str, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    order = order_service.change(order_id, data, expected=expected, by=who())
    return with_version(queries.as_dict(order), order.version)


@api.delete("/api/orders/<order_id>")
@permits(Permission.ORDER_CHANGE_OWN)
@answers(200, MessageDict, "Cancelled. The order is kept, with its story.")
def cancel_order(order_id: str) -> ResponseReturnValue:
    order_service.cancel(order_id, by=who())
    return {"message": "Deleted"}
