from typing import TYPE_CHECKING, Any

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.logistics import delivery_service, queries
from app.logistics.models import StopDict
from app.logistics.schemas import Failure, ProofCreate, RoundQuery
from app.portals.http.answers import with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads
from app.portals.worker import worker

if TYPE_CHECKING:
    from app.logistics.models import Delivery

STOP = "/api/deliveries/<int(max=9007199254740991):delivery_id>"


@worker.get("/api/deliveries")
@permits(Permission.DELIVERY_WORK)
@asks(RoundQuery)
@answers(
    200,
    list[StopDict],
    "One's own stops of that day, in the order they are driven. Without a date also what is still under way from an earlier one.",
)
def list_stops(query: dict[str, Any]) -> ResponseReturnValue:
    return jsonify(delivery_service.round_of(query["date"], by=who()))


@worker.put(f"{STOP}/start")
@permits(Permission.DELIVERY_WORK)
@answers(200, StopDict, "Under way. An order to be dropped off is out for delivery.")
def start_stop(delivery_id: int) -> ResponseReturnValue:
    return _shown(delivery_service.start(delivery_id, by=who()))


@worker.put(f"{STOP}/complete")
@permits(Permission.DELIVERY_WORK)
@reads(ProofCreate)
@answers(200, StopDict, "Done, with its proof. An order that was dropped off is delivered.")
def complete_stop(delivery_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    return _shown(delivery_service.complete(delivery_id, data, by=who()))


@worker.put(f"{STOP}/fail")
@permits(Permission.DELIVERY_WORK)
@reads(Failure)
@answers(200, StopDict, "Not done. The order is ready again, and another stop is planned for tomorrow.")
def fail_stop(delivery_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    return _shown(delivery_service.fail(delivery_id, data["reason"], by=who()))


def _shown(delivery: "Delivery") -> Response:
    return with_version(queries.as_stop(delivery), delivery.version)
