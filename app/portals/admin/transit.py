from typing import Any

from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http import transit_doors
from app.portals.http.guard import who
from app.portals.http.portal import answers, permits, reads, versioned
from app.portals.http.transit_doors import BATCH, shown
from app.transit import transit_service
from app.transit.batch_rules import BatchEvent
from app.transit.models import TransitBatchDict
from app.transit.schemas import BatchOrders

transit_doors.add_doors(admin, (BatchEvent.INITIATE, BatchEvent.ARRIVE, BatchEvent.COMPLETE, BatchEvent.CANCEL))


@admin.put(BATCH)
@permits(Permission.TRANSIT_EDIT)
@reads(BatchOrders)
@versioned
@answers(200, TransitBatchDict, "The batch with these orders in it and no others.")
def replace_batch_orders(batch_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    return shown(transit_service.replace_orders(batch_id, data["order_ids"], expected=expected, by=who()))


@admin.post(f"{BATCH}/orders")
@permits(Permission.TRANSIT_EDIT)
@reads(BatchOrders)
@versioned
@answers(200, TransitBatchDict, "The batch with these orders added. Those in it already count once.")
def add_batch_orders(batch_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    return shown(transit_service.add_orders(batch_id, data["order_ids"], expected=expected, by=who()))


@admin.delete(f"{BATCH}/orders/<order_id>")
@permits(Permission.TRANSIT_EDIT)
@versioned
@answers(200, TransitBatchDict, "The batch without this order.")
def remove_batch_order(batch_id: int, order_id: str, expected: int | None) -> ResponseReturnValue:
    return shown(transit_service.remove_order(batch_id, order_id, expected=expected, by=who()))
