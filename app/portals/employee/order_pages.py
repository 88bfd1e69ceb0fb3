from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound
from app.core.shapes import Line, Shape
from app.identity.permissions import Permission
from app.orders import queries
from app.portals.employee import employee
from app.portals.employee.home import home
from app.portals.http.portal import asks, permits, shows_again
from app.portals.http.progress import steps


class Find(Shape):
    code = Line(longest=40, required=True)


@employee.get("/find")
@permits(Permission.ORDER_READ)
@asks(Find)
@shows_again(home, also=(NotFound,))
def find_order(query: dict[str, str]) -> ResponseReturnValue:
    order = queries.get_by_number_or_code(query["code"])
    return redirect(url_for("employee.order_page", order_id=order.id), 303)


@employee.get("/orders/<order_id>")
@permits(Permission.ORDER_READ)
def order_page(order_id: str) -> str:
    row = queries.get_by_code(order_id)
    order, events = queries.as_dict(row), queries.timeline(row.id)
    way = steps(order["status"], events)
    return render_template("employee/orders/show.html", order=order, way=way, events=events, token=row.tracking_token)
