from flask import jsonify
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.orders import queries
from app.orders.models import TrackedOrderDict
from app.portals.api import api
from app.portals.http.portal import answers, permits


@api.get("/api/track/<token>")
@permits(Permission.ORDER_TRACK)
@answers(200, TrackedOrderDict, "How far it is, for whoever holds the ticket; of the person only the first name.")
def track_order(token: str) -> ResponseReturnValue:
    return jsonify(queries.as_tracked(queries.get_by_tracking_token(token)))
