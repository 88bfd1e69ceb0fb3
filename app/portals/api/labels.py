from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.labels import label_service
from app.labels.label_service import Printed
from app.labels.schemas import LabelQuery, LabelSheet
from app.orders import order_service, queries
from app.portals.api import api
from app.portals.http import labels
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads, secret

MEANING = "The order's label. Its Code 128 is the order's id, its QR code the tracking link."


@api.get("/api/orders/<order_id>/label.<any(svg,png,pdf,zpl):kind>")
@permits(Permission.LABEL_READ_OWN)
@asks(LabelQuery)
@answers(200, "application/zpl", MEANING)
@answers(200, "application/pdf", MEANING)
@answers(200, "image/png", MEANING)
@answers(200, "image/svg+xml", MEANING)
def show_label(order_id: str, kind: str, query: dict[str, Any]) -> ResponseReturnValue:
    order = queries.get_by_code(order_id)
    order_service.ensure_readable(order, by=who())
    label = labels.label_of(queries.as_dict(order), order.tracking_token)
    return _printed(label_service.render(label, query["stock"], kind), f"label-{order.id}.{kind}")


@api.post("/api/labels")
@permits(Permission.LABEL_PRINT)
@reads(LabelSheet)
@answers(200, "application/pdf", "All of these orders' labels in one document, in the order asked for.")
@secret
def print_labels(data: dict[str, Any]) -> ResponseReturnValue:
    """It changes nothing, so an Idempotency-Key means nothing here; the ids are too many for an address."""
    return labels.sheet(data["orderIds"], data["stock"])


def _printed(printed: Printed, name: str) -> Response:
    """A browser keeps it, but asks each time whether it still says the same: an order is corrected, a due date moves."""
    response = Response(printed.content, mimetype=printed.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(printed.etag)
    response.make_conditional(request)
    return response
