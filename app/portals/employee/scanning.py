"""Scan stations: a place, and one scan after the other."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import ids
from app.core.errors import Forbidden, NotFound
from app.core.shapes import Line, Shape
from app.identity.permissions import Permission
from app.orders import order_service, queries
from app.orders.errors import AlreadyDone, MistypedCode, UnknownOrder
from app.orders.models import OrderDict
from app.orders.order_rules import Station
from app.orders.queries import at_work
from app.orders.schemas import Scan
from app.portals.employee import employee
from app.portals.http.answers import with_version
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import answers, permits, reads, shows_again

COOKIE, A_YEAR = "station", 365 * 24 * 3600
SHOWN = 12
STATION = f"<any({','.join(Station)}):station>"
# How a refusal looks and sounds; whatever is not named here is the wrong place for this.
OUTCOMES = {AlreadyDone.code: "already", UnknownOrder.code: "unknown", MistypedCode.code: "mistyped", "missing_fields": "mistyped"}


class Scanned(Shape):
    code = Line(longest=200, required=True)


@employee.get("/scan/")
@permits(Permission.ORDER_SCAN)
def scan_home() -> ResponseReturnValue:
    """This browser stands where it stood last."""
    station = request.cookies.get(COOKIE)
    if station in list(Station):
        return redirect(url_for("employee.station_page", station=station), 303)
    return redirect(url_for("employee.choose_station"), 303)


@employee.get("/scan/stations")
@permits(Permission.ORDER_SCAN)
def choose_station() -> str:
    return render_template("employee/scan/choose.html", stations=list(Station))


@employee.get(f"/scan/{STATION}")
@permits(Permission.ORDER_SCAN)
def station_page(station: str, form: Form = EMPTY) -> ResponseReturnValue:
    outcome = OUTCOMES.get(str(form.code), "wrong") if form.sentence else None
    response = make_response(_page(station, outcome=outcome, order=order_typed(form), form=form))
    response.set_cookie(COOKIE, station, max_age=A_YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


@employee.post(f"/scan/{STATION}")
@permits(Permission.ORDER_SCAN)
@reads(Scanned, form=True)
@shows_again(station_page, also=(NotFound, Forbidden))
def scan_here(station: str, data: dict[str, str]) -> str:
    order = order_service.scan(queries.code_in(data["code"]), station, by=who())
    return _page(station, outcome="good", order=queries.as_dict(order))


@employee.post(f"/scan/{STATION}/undo")
@permits(Permission.ORDER_SCAN)
@reads(Scanned, form=True)
@shows_again(station_page, also=(NotFound, Forbidden))
def undo_here(station: str, data: dict[str, str]) -> str:
    order = order_service.undo_scan(data["code"], station, by=who())
    return _page(station, outcome="undone", order=queries.as_dict(order))


@employee.post("/api/scans/undo")
@permits(Permission.ORDER_SCAN)
@reads(Scan)
@answers(
    200, OrderDict, "The order, back where it was before this scan. Only its last step, within a quarter of an hour, and none on the road."
)
def undo_scan(data: dict[str, Any]) -> ResponseReturnValue:
    order = order_service.undo_scan(data["code"], data["station"], by=who())
    return with_version(queries.as_dict(order), order.version)


def order_typed(form: Form) -> OrderDict | None:
    """Whose label it was that could not be scanned here, if it is one of ours."""
    if form.code in (UnknownOrder.code, MistypedCode.code):
        return None
    order_id = ids.read_code(queries.code_in(str(form.typed.get("code", ""))))
    return queries.among([order_id]).get(order_id) if order_id else None


def _page(station: str, *, outcome: str | None, order: OrderDict | None = None, form: Form = EMPTY) -> str:
    recent = at_work.last_scanned(station, who().account_id, limit=SHOWN)
    shown = {"station": station, "outcome": outcome, "order": order, "form": form, "recent": recent}
    return render_template("employee/scan/station.html", **shown)
