from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.logistics import offline_service
from app.logistics.models import OfflineAnswerDict
from app.logistics.schemas import SyncRequest
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads
from app.portals.worker import worker
from app.portals.worker.phone import WhoseQuery, ensure_same


@worker.post("/api/sync")
@permits(Permission.DELIVERY_WORK)
@asks(WhoseQuery)
@reads(SyncRequest)
@answers(200, list[OfflineAnswerDict], "What became of each event, in the order in which they were sent.")
def sync_events(query: dict[str, Any], data: dict[str, Any]) -> ResponseReturnValue:
    """Events recorded without signal, at most 200. Each is applied once under its client id, by when it happened, whatever its place."""
    ensure_same(query["worker"])
    return jsonify(offline_service.take_in(data["events"], by=who()))
