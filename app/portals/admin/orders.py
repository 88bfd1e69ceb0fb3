from typing import Any

from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.identity.permissions import Permission
from app.orders import queries
from app.orders.models import OrderDict
from app.orders.order_rules import Status
from app.portals.admin import admin
from app.portals.http.answers import PageQuery, listed, with_version
from app.portals.http.portal import answers, asks, permits


class OrderFilter(PageQuery):
    status = fields.String(validate=validate.OneOf(list(Status)), load_default=None)


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
