"""Batches in the office: chosen from a list, looked after on the road. The counter packs and counts them by scanning."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core import clock
from app.core.errors import NotFound
from app.core.shapes import Line, Shape
from app.identity.permissions import Permission
from app.orders import queries as orders
from app.portals.admin import admin
from app.portals.admin.service_pages import VersionForm
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again
from app.transit import queries, transit_service
from app.transit.batch_rules import BatchEvent, BatchStatus, BatchType
from app.transit.schemas import BatchCreate, BatchFilter

BATCH = "/transit/<int(max=9007199254740991):batch_id>"
STEPS = ",".join((BatchEvent.INITIATE, BatchEvent.ARRIVE, BatchEvent.COMPLETE, BatchEvent.CANCEL))
MOST_SHOWN = 200


class BatchPageFilter(Asked, BatchFilter):
    pass


class NewBatchQuery(Asked):
    type = fields.String(validate=validate.OneOf(list(BatchType)), load_default=BatchType.STORE_TO_FACTORY)


class OneOrder(Shape):
    code = Line(longest=40, required=True)


@admin.get("/transit/")
@permits(Permission.TRANSIT_READ)
@asks(BatchPageFilter)
def transit_page(query: dict[str, Any]) -> str:
    page = queries.newest(**query)
    shown = {"batches": page.rows, "next_cursor": page.next_cursor, "statuses": list(BatchStatus)}
    return render_template("admin/transit/list.html", query=query, **shown)


@admin.get("/transit/add")
@permits(Permission.TRANSIT_EDIT)
@asks(NewBatchQuery)
def new_batch(query: dict[str, Any] | None = None, form: Form = EMPTY) -> str:
    kind = BatchType(form.typed.get("type") or (query or NewBatchQuery().load({}))["type"])
    able = queries.able_to_travel(kind, limit=MOST_SHOWN)
    return render_template("admin/transit/new.html", orders=able, kind=kind, kinds=list(BatchType), form=form)


@admin.post("/transit/add")
@permits(Permission.TRANSIT_EDIT)
@reads(BatchCreate, form=True)
@shows_again(new_batch)
def add_batch(data: dict[str, Any]) -> ResponseReturnValue:
    batch = transit_service.create(data, by=who())
    return told(_("Batch %(number)s is made. It has not left yet.") % {"number": batch.id}, "admin.batch_page", batch_id=batch.id)


@admin.get(BATCH)
@permits(Permission.TRANSIT_READ)
def batch_page(batch_id: int, form: Form = EMPTY, **_refused: str) -> str:
    manifest, version = queries.manifest(batch_id), queries.get(batch_id).version
    possible = transit_service.possible_steps(manifest["batch"]["status"])
    return render_template("admin/transit/show.html", manifest=manifest, version=version, possible=possible, form=form)


@admin.get(f"{BATCH}/manifest")
@permits(Permission.TRANSIT_READ)
def manifest_page(batch_id: int) -> str:
    """For the paper that travels along."""
    return render_template("admin/transit/manifest.html", manifest=queries.manifest(batch_id), now=clock.now())


@admin.post(f"{BATCH}/put-in")
@permits(Permission.TRANSIT_EDIT)
@reads(OneOrder, form=True)
@shows_again(batch_page, also=(NotFound,))
def put_into_batch(batch_id: int, data: dict[str, str]) -> ResponseReturnValue:
    order = orders.get_by_number_or_code(data["code"])
    transit_service.add_orders(batch_id, [order.id], expected=None, by=who())
    return told(_("Order %(number)s is in.") % {"number": order.number}, "admin.batch_page", batch_id=batch_id)


@admin.post(f"{BATCH}/take-out")
@permits(Permission.TRANSIT_EDIT)
@reads(OneOrder, form=True)
@shows_again(batch_page, also=(NotFound,))
def take_out_of_batch(batch_id: int, data: dict[str, str]) -> ResponseReturnValue:
    order = orders.get_by_code(data["code"])
    transit_service.remove_order(batch_id, order.id, expected=None, by=who())
    return told(_("Order %(number)s is out.") % {"number": order.number}, "admin.batch_page", batch_id=batch_id)


@admin.get(f"{BATCH}/cancel")
@permits(Permission.TRANSIT_EDIT)
def calling_off_page(batch_id: int) -> str:
    manifest, version = queries.manifest(batch_id), queries.get(batch_id).version
    return render_template("admin/transit/cancel.html", manifest=manifest, version=version)


@admin.post(f"{BATCH}/<any({STEPS}):event>")
@permits(Permission.TRANSIT_EDIT)
@reads(VersionForm, form=True)
@shows_again(batch_page)
def step_batch(batch_id: int, event: str, data: dict[str, Any]) -> ResponseReturnValue:
    """With the version the page showed: whoever sends a batch sends what they saw in it."""
    transit_service.advance(batch_id, BatchEvent(event), expected=data["version"], by=who())
    sentences = {
        BatchEvent.INITIATE: _("Batch %(number)s is on its way."),
        BatchEvent.ARRIVE: _("Batch %(number)s has arrived."),
        BatchEvent.COMPLETE: _("Batch %(number)s is done."),
        BatchEvent.CANCEL: _("Batch %(number)s is called off."),
    }
    return told(sentences[BatchEvent(event)] % {"number": batch_id}, "admin.batch_page", batch_id=batch_id)
