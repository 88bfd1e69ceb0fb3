from flask import Response, make_response, render_template, request

from app.identity.permissions import Permission
from app.orders.queries import at_work
from app.portals.employee import employee
from app.portals.http.portal import permits

SHOWN = 40  # of each state


@employee.get("/board")
@permits(Permission.ORDER_READ)
def board() -> Response:
    """Everything that is in the house. Asked every few seconds, it mostly answers that nothing has changed."""
    response = make_response(render_template("employee/board.html", lanes=at_work.board(each=SHOWN)))
    response.add_etag()
    response.make_conditional(request)
    return response
