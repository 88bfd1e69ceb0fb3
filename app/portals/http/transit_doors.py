"""The doors to transit batches that the office and the counter have alike."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, url_for
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import Portal, answers, asks, permits, reads, versioned
from app.transit import queries, transit_service
from app.transit.batch_rules import BatchEvent
from app.transit.models import ManifestDict, TransitBatchDict
from app.transit.schemas import BatchCreate, BatchFilter

if TYPE_CHECKING:
    from app.transit.models import TransitBatch

BATCHES = "/api/transit-batches"
BATCH = f"{BATCHES}/<int:batch_id>"
MEANING = {
    BatchEvent.INITIATE: "On its way, and every order in it.",
    BatchEvent.ARRIVE: "Arrived: every order in it that was not scanned before is received.",
    BatchEvent.COMPLETE: "Done. Its orders may travel in another batch.",
    BatchEvent.CANCEL: "Never left. Its orders may travel in another batch.",
}


def add_doors(portal: Portal, steps: Iterable[BatchEvent]) -> None:
    @portal.get(BATCHES)
    @permits(Permission.TRANSIT_READ)
    @asks(BatchFilter)
    @answers(200, list[TransitBatchDict], "The batches, newest first.")
    def list_transit_batches(query: dict[str, Any]) -> ResponseReturnValue:
        return listed(queries.newest(**query))

    @portal.post(BATCHES)
    @permits(Permission.TRANSIT_EDIT)
    @reads(BatchCreate)
    @answers(201, TransitBatchDict, "The new batch. It has not left yet.")
    def create_transit_batch(data: dict[str, Any]) -> ResponseReturnValue:
        batch = transit_service.create(data, by=who())
        response = shown(batch, 201)
        response.headers["Location"] = url_for(f"{portal.name}.show_transit_batch", batch_id=batch.id)
        return response

    @portal.get(BATCH)
    @permits(Permission.TRANSIT_READ)
    @answers(200, TransitBatchDict, "The batch.")
    def show_transit_batch(batch_id: int) -> ResponseReturnValue:
        return shown(queries.get(batch_id))

    @portal.get(f"{BATCH}/manifest")
    @permits(Permission.TRANSIT_READ)
    @answers(200, ManifestDict, "What is in it, order by order, for whoever hands it over and whoever counts it.")
    def show_manifest(batch_id: int) -> ResponseReturnValue:
        return jsonify(queries.manifest(batch_id))

    for event in steps:
        portal.put(f"{BATCH}/{event}", endpoint=f"{event}_transit_batch")(_step(event))


def shown(batch: "TransitBatch", status: int = 200) -> Response:
    return with_version(batch.to_dict(), batch.version, status)


def _step(event: BatchEvent) -> Callable[..., ResponseReturnValue]:
    @permits(Permission.TRANSIT_EDIT)
    @versioned
    @answers(200, TransitBatchDict, MEANING[event])
    def advance(batch_id: int, expected: int | None) -> ResponseReturnValue:
        return shown(transit_service.advance(batch_id, event, expected=expected, by=who()))

    return advance
