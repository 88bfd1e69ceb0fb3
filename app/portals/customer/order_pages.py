from typing import Any

from flask import render_template

from app.core.shapes import PageQuery
from app.identity.permissions import Permission
from app.orders import order_service, queries
from app.portals.customer import customer
from app.portals.http.guard import who
from app.portals.http.portal import asks, permits
from app.portals.http.progress import steps


@customer.get("/")
@permits(Permission.CUSTOMER_VISIT)
@asks(PageQuery)
def home(query: dict[str, Any]) -> str:
    page = queries.newest(customer_id=who().customer_id, **query)
    events = queries.timelines(order["id"] for order in page.rows)
    ways = {order["id"]: steps(order["status"], events[order["id"]]) for order in page.rows}
    return render_template("customer/home.html", orders=page.rows, next_cursor=page.next_cursor, ways=ways, name=who().name)


@customer.get("/orders/<order_id>")
@permits(Permission.ORDER_READ_OWN)
def order_page(order_id: str) -> str:
    row = queries.get_by_code(order_id)
    order_service.ensure_readable(row, by=who())
    order, events = queries.as_dict(row), queries.timeline(row.id)
    way = steps(order["status"], events)
    return render_template("customer/orders/show.html", order=order, way=way, events=events, token=row.tracking_token)
