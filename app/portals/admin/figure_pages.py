from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Response, jsonify, render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.analytics.metric_rules import FiguresDict, Grain
from app.analytics.queries import dashboard as figures
from app.analytics.queries.dashboard import DashboardDict
from app.analytics.schemas import DashboardFilter
from app.core import clock
from app.core.pagination import Page
from app.core.tables.cells import Cell
from app.identity.permissions import Permission
from app.labels import pages
from app.labels.pages import Table
from app.orders import queries as orders
from app.places import queries as places
from app.portals.admin import admin
from app.portals.http import formats
from app.portals.http.exports import CSV, XLSX, exported, same
from app.portals.http.forms import Asked
from app.portals.http.languages import N_, gettext
from app.portals.http.languages import gettext as _
from app.portals.http.portal import answers, asks, permits
from app.tenancy.tenant_service import current_business

PDF = "application/pdf"
# What the page's tiles say, in their order.
FACTS = {
    "revenue": N_("Revenue"), "placed": N_("Orders in"), "out": N_("Orders out"), "cancelled": N_("Cancelled orders"),
    "averageTicket": N_("Average order"), "pieces": N_("Pieces"), "due": N_("Due"), "onTimeShare": N_("On time"), "late": N_("Late"),
    "turnaroundHours": N_("Hours from handing in to ready"), "new": N_("New customers"), "returning": N_("Customers who came back"),
    "lost": N_("Lost customers"),
}  # fmt: skip


COUNTED = ("placed", "cancelled", "out", "due", "late", "onTime", "ready")  # what single orders are behind
FACTS_OF_ORDERS = {"onTime": N_("On time"), "ready": N_("Made ready")}
MOST_ROWS = 500


def _figure(name: str) -> Callable[[Any], Cell]:
    return lambda period: period["figures"][name]


def _exact(name: str) -> Callable[[Any], Cell]:
    def cell(period: Any) -> Cell:
        value = period["figures"][name]
        return None if value is None else Decimal(formats.plain(value, current_business().currency))

    return cell


COLUMNS = same("start", "end") | {
    name: _exact(name) if name in ("revenue", "averageTicket") else _figure(name) for name in FiguresDict.__annotations__
}


class FiguresPageFilter(Asked, DashboardFilter):
    pass


class CountedFilter(FiguresPageFilter):
    what = fields.String(required=True, validate=validate.OneOf(COUNTED))


@admin.get("/figures/")
@permits(Permission.ANALYTICS_READ)
@asks(FiguresPageFilter)
def figures_page(query: dict[str, Any]) -> str:
    stores = [(store.id, store.name) for store in places.all_stores()]
    return render_template("admin/figures/show.html", board=found(query), grains=list(Grain), stores=stores)


@admin.get("/figures/orders")
@permits(Permission.ANALYTICS_READ)
@asks(CountedFilter)
def counted_orders_page(query: dict[str, Any]) -> str:
    """The rows behind a figure."""
    board, name = found(query), query["what"]
    ids = figures.orders_of(name, board, current_business().timezone)
    shown = sorted(orders.among(ids[:MOST_ROWS]).values(), key=lambda order: order["createdAt"], reverse=True)
    return render_template("admin/figures/orders.html", board=board, title=(FACTS | FACTS_OF_ORDERS)[name], count=len(ids), orders=shown)


@admin.get("/api/dashboard")
@permits(Permission.ANALYTICS_READ)
@asks(DashboardFilter)
@answers(200, DashboardDict, "The stored figures of one day, week or month, of the one before it and of those around it.")
def dashboard(query: dict[str, Any]) -> ResponseReturnValue:
    return jsonify(found(query))


@admin.get("/api/reports/figures.<any(csv,xlsx,pdf):form>")
@permits(Permission.TABLE_EXPORT)
@asks(DashboardFilter)
@answers(200, CSV, "A row for each period, the newest last.")
@answers(200, XLSX, "A row for each period, the newest last.")
@answers(200, PDF, "One period as a report: its figures, those before it, services, staff and stores.")
def figures_report(form: str, query: dict[str, Any]) -> Response:
    board = found(query)
    if form != "pdf":
        return exported("figures", form, COLUMNS, lambda **_: Page(board["series"], None))
    name = f"figures-{board['grain']}-{board['period']['start']}.pdf"
    response = Response(pages.written(*_report(board)), mimetype=PDF)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _report(board: DashboardDict) -> tuple[str, str, list[float], list[Table]]:
    """In the reader's language, as the page says it."""
    period, before = board["period"], board["before"]
    days = (
        f"{formats.day(period['start'])} – {formats.day(period['end'])}"
        if period["start"] != period["end"]
        else formats.day(period["start"])
    )
    facts = tuple((gettext(word), _said(name, period["figures"]), _said(name, before["figures"])) for name, word in FACTS.items())
    services = tuple((one["name"], str(one["pieces"]), _money(one["revenue"])) for one in board["services"])
    staff = tuple(
        (one["name"], str(one["taken"]), _money(one["takenValue"]), str(one["finished"]), str(one["handedOver"] + one["delivered"]))
        for one in board["workers"]
    )
    tables = [
        Table(_("Figures"), ("", days, _("Before")), facts),
        Table(_("Most asked for"), (_("Service"), _("Pieces"), _("Revenue")), services),
        Table(_("Who did what"), (_("Name"), _("Taken in"), _("Value"), _("Finished"), _("Handed over")), staff),
    ]
    bars = [one["figures"]["revenue"] for one in board["series"]]
    return current_business().name, days, bars, [table for table in tables if table.rows]


def _said(name: str, figures: Any) -> str:
    value = figures[name]
    if value is None:
        return "–"
    if name in ("revenue", "averageTicket"):
        return _money(value)
    return f"{value:.0%}" if name == "onTimeShare" else str(value)


def _money(value: float) -> str:
    return formats.amount(value, current_business().currency)


def found(query: dict[str, Any]) -> DashboardDict:
    business, grain = current_business(), Grain(query["grain"])
    return figures.dashboard(grain, query["start"], query["store"], now=clock.now(), timezone=business.timezone, currency=business.currency)
