from typing import Any

from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.orders import order_service, queries
from app.orders.models import OrderDict
from app.orders.schemas import OrderFilter, OrderStaffUpdate
from app.portals.admin import admin
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads, versioned
from app.portals.http.signing_in import MessageDict


@admin.get("/api/orders")
@permits(Permission.ORDER_READ)
@asks(OrderFilter)
@answers(200, list[OrderDict], "Everybody's orders, newest first.")
def list_orders(query: dict[str, Any]) -> ResponseReturnValue:
    return listed(queries.newest(**query))


@admin.get("/api/orders/<order_id>")
@permits(Permission.ORDER_READ)
@answers(200, OrderDict, "The order.")
def show_order(order_id: str) -> ResponseReturnValue:
    order = queries.get_by_code(order_id)
    return with_version(queries.as_dict(order), order.version)


@admin.put("/api/orders/<order_id>")
@permits(Permission.ORDER_CHANGE)
@reads(OrderStaffUpdate)
@versioned
@answers(200, OrderDict, "The order as it is now. The status changes only along the lifecycle.")
def change_order(order_id: str, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    order = order_service.change(order_id, data, expected=expected, by=who())
    return with_version(queries.as_dict(order), order.version)


@admin.delete("/api/orders/<order_id>")
@permits(Permission.ORDER_CHANGE)
@answers(200, MessageDict, "Cancelled. The order is kept, with its story.")
def cancel_order(order_id: str) -> ResponseReturnValue:
    order_service.cancel(order_id, by=who())
    return {"message": "Deleted"}
