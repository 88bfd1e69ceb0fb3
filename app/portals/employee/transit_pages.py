"""Batches at the counter and the plant: packed and received by scanning."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.errors import NotFound
from app.core.shapes import PageQuery, Shape
from app.identity.permissions import Permission
from app.orders import order_service
from app.orders import queries as orders
from app.orders.models import OrderDict
from app.orders.order_rules import Station
from app.portals.employee import employee
from app.portals.employee.scanning import OUTCOMES, Scanned, order_typed
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again
from app.transit import queries, transit_service
from app.transit.batch_rules import BatchEvent, BatchType
from app.transit.errors import NotInBatch
from app.transit.schemas import MOST_ORDERS

# Where a batch is unpacked.
UNPACKED_AT = {BatchType.STORE_TO_FACTORY: Station.FACTORY, BatchType.FACTORY_TO_STORE: Station.STORE}
STEPS = ",".join((BatchEvent.INITIATE, BatchEvent.ARRIVE, BatchEvent.COMPLETE))


class NewBatch(Shape):
    type = fields.String(validate=validate.OneOf(list(BatchType)), required=True)


class Version(Shape):
    version = fields.Integer(strict=True, required=True)


@employee.get("/transit/")
@permits(Permission.TRANSIT_READ)
@asks(PageQuery)
def transit_page(query: dict[str, Any]) -> str:
    page = queries.newest(**query)
    return render_template("employee/transit/list.html", batches=page.rows, next_cursor=page.next_cursor, cursor=query["cursor"])


@employee.post("/transit/")
@permits(Permission.TRANSIT_EDIT)
@reads(NewBatch, form=True)
def begin_batch(data: dict[str, Any]) -> ResponseReturnValue:
    """Empty: it is filled by scanning."""
    batch = transit_service.create({"type": data["type"], "order_ids": [], "created_by": None}, by=who())
    return redirect(url_for("employee.batch_page", batch_id=batch.id), 303)


@employee.get("/transit/<int:batch_id>")
@permits(Permission.TRANSIT_READ)
def batch_page(batch_id: int, form: Form = EMPTY, **_: str) -> str:
    """Also after a step that was refused, whose name it does not need."""
    outcome = OUTCOMES.get(str(form.code), "wrong") if form.sentence else None
    return _page(batch_id, outcome=outcome, order=order_typed(form), form=form)


@employee.post("/transit/<int:batch_id>/scan")
@permits(Permission.TRANSIT_EDIT)
@reads(Scanned, form=True)
@shows_again(batch_page, also=(NotFound,))
def scan_into_batch(batch_id: int, data: dict[str, str]) -> str:
    """Before it leaves a scan packs the order; once it is on the road a scan counts it at the other end."""
    code, batch = orders.code_in(data["code"]), queries.get(batch_id)
    order = orders.as_dict(orders.get_by_code(code))
    inside = order["id"] in batch.order_ids
    packing = batch.initiated_at is None
    if inside and (packing or any(line.received_at for line in batch.lines if line.order_id == order["id"])):
        return _page(batch_id, outcome="already", order=order)
    if packing:
        transit_service.add_orders(batch_id, [code], expected=None, by=who())
    elif inside:
        order = orders.as_dict(order_service.scan(code, UNPACKED_AT[BatchType(batch.type)], by=who()))
    else:
        raise NotInBatch(_("Order %(number)s is not on this batch's list. Put it aside: it came along by mistake.") % order)
    return _page(batch_id, outcome="good", order=order)


@employee.post("/transit/<int:batch_id>/take-out")
@permits(Permission.TRANSIT_EDIT)
@reads(Scanned, form=True)
@shows_again(batch_page, also=(NotFound,))
def take_out_of_batch(batch_id: int, data: dict[str, str]) -> ResponseReturnValue:
    transit_service.remove_order(batch_id, data["code"], expected=None, by=who())
    return redirect(url_for("employee.batch_page", batch_id=batch_id), 303)


@employee.post(f"/transit/<int:batch_id>/<any({STEPS}):event>")
@permits(Permission.TRANSIT_EDIT)
@reads(Version, form=True)
@shows_again(batch_page)
def advance_batch(batch_id: int, event: str, data: dict[str, Any]) -> ResponseReturnValue:
    """With the version the page showed: whoever sends a batch sends what they saw in it."""
    transit_service.advance(batch_id, BatchEvent(event), expected=data["version"], by=who())
    told = {"initiate": _("The batch is on its way."), "arrive": _("The batch has arrived."), "complete": _("The batch is done.")}
    flash(told[event], "batch")
    return redirect(url_for("employee.batch_page", batch_id=batch_id), 303)


def _page(batch_id: int, *, outcome: str | None, order: OrderDict | None = None, form: Form = EMPTY) -> str:
    manifest, version = queries.manifest(batch_id), queries.get(batch_id).version
    shown = {"manifest": manifest, "version": version, "outcome": outcome, "order": order, "form": form}
    return render_template("employee/transit/show.html", over=_put_aside(order if form.code == NotInBatch.code else None), **shown)


def _put_aside(order: OrderDict | None) -> list[str]:
    """What came along without being on the list. Nothing is stored of it, so it travels with the form from scan to scan."""
    found = [*request.form.getlist("over"), *([str(order["number"])] if order else [])]
    return [number for number in dict.fromkeys(found) if number.isdecimal()][:MOST_ORDERS]
