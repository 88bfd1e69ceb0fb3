from typing import Any

from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.orders import order_service, queries
from app.orders.models import OrderDict
from app.orders.schemas import CounterOrderCreate, OrderFilter, Scan
from app.portals.employee import employee
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads


@employee.get("/api/orders")
@permits(Permission.ORDER_READ)
@asks(OrderFilter)
@answers(200, list[OrderDict], "Everybody's orders, newest first.")
def list_orders(query: dict[str, Any]) -> ResponseReturnValue:
    return listed(queries.newest(**query))


@employee.get("/api/orders/<order_id>")
@permits(Permission.ORDER_READ)
@answers(200, OrderDict, "The order.")
def show_order(order_id: str) -> ResponseReturnValue:
    order = queries.get_by_code(order_id)
    return with_version(queries.as_dict(order), order.version)


@employee.post("/api/orders")
@permits(Permission.ORDER_TAKE)
@reads(CounterOrderCreate)
@answers(201, OrderDict, "The order as it was taken at the counter.")
def take_order(data: dict[str, Any]) -> ResponseReturnValue:
    order = order_service.place(data, by=who())
    return with_version(order.to_dict(), order.version, 201)


@employee.post("/api/scans")
@permits(Permission.ORDER_SCAN)
@reads(Scan)
@answers(200, OrderDict, "The order, one step further. The same scan within two seconds counts once.")
def scan(data: dict[str, str]) -> ResponseReturnValue:
    order = order_service.scan(data["code"], data["station"], by=who())
    return with_version(queries.as_dict(order), order.version)
