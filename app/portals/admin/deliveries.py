from typing import TYPE_CHECKING, Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.logistics import delivery_service, queries
from app.logistics.models import DeliveryDict
from app.logistics.schemas import DeliveryCreate, DeliveryFilter, DeliveryUpdate
from app.portals.admin import admin
from app.portals.http import uploads
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads, versioned

if TYPE_CHECKING:
    from app.logistics.models import Delivery

DELIVERY = "/api/deliveries/<int(max=9007199254740991):delivery_id>"
PROOF = "A photo or a signature, to be saved."


@admin.get("/api/deliveries")
@permits(Permission.DELIVERY_READ)
@asks(DeliveryFilter)
@answers(200, list[DeliveryDict], "The stops, the latest day first.")
def list_deliveries(query: dict[str, Any]) -> ResponseReturnValue:
    return listed(queries.planned(**query))


@admin.post("/api/deliveries")
@permits(Permission.DELIVERY_EDIT)
@reads(DeliveryCreate)
@answers(201, DeliveryDict, "The stop as it was planned: for today unless another day was said, behind what its driver has already.")
def plan_delivery(data: dict[str, Any]) -> ResponseReturnValue:
    delivery = delivery_service.plan(data, by=who())
    response = _shown(delivery, 201)
    response.headers["Location"] = url_for("admin.show_delivery", delivery_id=delivery.id)
    return response


@admin.get(DELIVERY)
@permits(Permission.DELIVERY_READ)
@answers(200, DeliveryDict, "The stop.")
def show_delivery(delivery_id: int) -> ResponseReturnValue:
    return _shown(queries.get(delivery_id))


@admin.put(DELIVERY)
@permits(Permission.DELIVERY_EDIT)
@reads(DeliveryUpdate)
@versioned
@answers(200, DeliveryDict, "The stop as it is now. Once it is under way, its driver and its day stay.")
def change_delivery(delivery_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    return _shown(delivery_service.change(delivery_id, data, expected=expected, by=who()))


@admin.delete(DELIVERY)
@permits(Permission.DELIVERY_EDIT)
@versioned
@answers(200, DeliveryDict, "Called off, and kept. An order that was on the van is ready again.")
def cancel_delivery(delivery_id: int, expected: int | None) -> ResponseReturnValue:
    return _shown(delivery_service.cancel(delivery_id, expected=expected, by=who()))


@admin.get("/api/files/<file_id>")
@permits(Permission.DELIVERY_READ)
@answers(200, "image/jpeg", PROOF)
@answers(200, "image/png", PROOF)
@answers(200, "image/webp", PROOF)
def show_file(file_id: str) -> ResponseReturnValue:
    return uploads.handed_out(queries.get_file(file_id))


def _shown(delivery: "Delivery", status: int = 200) -> Response:
    return with_version(delivery.to_dict(), delivery.version, status)
