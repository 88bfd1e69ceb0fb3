"""Labels as answers, for whichever portal prints them."""

from collections.abc import Iterable

from flask import Response

from app.labels import label_service
from app.labels.label_service import Label
from app.orders import queries
from app.orders.models import OrderDict
from app.portals.http.post import public_url
from app.tenancy.tenant_service import current_business


def label_of(order: OrderDict, token: str) -> Label:
    business = current_business()
    link = f"{public_url()}/track/{token}"
    return label_service.label_of(order, business=business.name, timezone=business.timezone, link=link)


def sheet(order_ids: Iterable[str], stock: str) -> Response:
    """All of these orders' labels in one document."""
    labels = [label_of(order, token) for order, token in queries.get_for_labels(order_ids)]
    response = Response(label_service.sheet(labels, stock), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return response
