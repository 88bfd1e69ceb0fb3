from typing import Any

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.labels import label_service
from app.labels.label_service import Label, Printed
from app.labels.schemas import LabelQuery, LabelSheet
from app.orders import order_service, queries
from app.orders.models import OrderDict
from app.portals.api import api
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads, secret
from app.tenancy.tenant_service import current_business

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
    label = _label_of(queries.as_dict(order), order.tracking_token)
    return _printed(label_service.render(label, query["stock"], kind), f"label-{order.id}.{kind}")


@api.post("/api/labels")
@permits(Permission.LABEL_PRINT)
@reads(LabelSheet)
@answers(200, "application/pdf", "All of these orders' labels in one document, in the order asked for.")
@secret
def print_labels(data: dict[str, Any]) -> ResponseReturnValue:
    """It changes nothing, so an Idempotency-Key means nothing here; the ids are too many for an address."""
    labels = [_label_of(order, token) for order, token in queries.get_for_labels(data["orderIds"])]
    response = Response(label_service.sheet(labels, data["stock"]), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return response


def _label_of(order: OrderDict, token: str) -> Label:
    business = current_business()
    link = f"{(current_app.config['PUBLIC_URL'] or request.host_url).rstrip('/')}/track/{token}"
    return label_service.label_of(order, business=business.name, timezone=business.timezone, link=link)


def _printed(printed: Printed, name: str) -> Response:
    """A browser keeps it, but asks each time whether it still says the same: an order is corrected, a due date moves."""
    response = Response(printed.content, mimetype=printed.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(printed.etag)
    response.make_conditional(request)
    return response
