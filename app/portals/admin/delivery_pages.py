"""The rounds of the vans: who drives where on a day and in which order, and how it went."""

from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, pre_load, validate

from app.core.errors import DomainError
from app.core.shapes import Day, Line, Shape
from app.identity import account_service
from app.identity.permissions import Permission
from app.logistics import delivery_service, queries
from app.logistics.delivery_rules import Kind
from app.logistics.errors import NoSuchOrder
from app.logistics.schemas import DeliveryChanges
from app.orders import queries as orders
from app.orders.errors import MistypedCode, UnknownOrder
from app.orders.order_rules import Status
from app.portals.admin import admin
from app.portals.admin.order_pages import IN_OUR_TIME
from app.portals.admin.service_pages import VersionForm
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again

STOP = "/deliveries/<int(max=9007199254740991):delivery_id>"
NOBODY = "nobody"


class DayQuery(Asked):
    day = Day(validate=IN_OUR_TIME, load_default=None)


class StopForm(DeliveryChanges):
    """A form cannot send nothing, so a driver is taken away by name."""

    version = fields.Integer()

    @pre_load
    def _nobody(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return data | {"worker_id": None} if data.get("worker_id") == NOBODY else data


class NewStopForm(StopForm):
    order = Line(longest=40, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))


class NewStopQuery(Asked):
    """For which order, or like which earlier stop."""

    order = Line(longest=40, load_default=None)
    like = fields.Integer(validate=validate.Range(1, 2**53), load_default=None)
    day = Day(validate=IN_OUR_TIME, load_default=None)


class PlaceForm(Shape):
    places = fields.Integer(required=True, validate=validate.OneOf((-1, 1)))


@admin.get("/deliveries/")
@permits(Permission.DELIVERY_READ)
@asks(DayQuery)
def deliveries_page(query: dict[str, Any]) -> str:
    today = delivery_service.today()
    day = query["day"] or today
    stops, left_over = queries.day_plan(day), queries.left_over(today) if day == today else []
    drivers = account_service.those_who_may(Permission.DELIVERY_WORK)
    named = {stop["workerId"] for stop in (*stops, *left_over) if stop["workerId"] is not None}
    days = {"day": day, "today": today, "before": day - timedelta(days=1), "after": day + timedelta(days=1)}
    names = account_service.names_of(named)
    return render_template("admin/deliveries/list.html", stops=stops, left_over=left_over, drivers=drivers, names=names, **days)


@admin.get("/deliveries/plan")
@permits(Permission.DELIVERY_EDIT)
@asks(NewStopQuery)
def new_delivery(query: dict[str, Any] | None = None, form: Form = EMPTY) -> str:
    query = query or NewStopQuery().load({})
    first = _like(query["like"]) if query["like"] else _for_order(query["order"])
    first["day"] = query["day"] or first.get("day") or delivery_service.today()
    return render_template("admin/deliveries/plan.html", form=form, first=first, today=delivery_service.today(), drivers=_drivers())


@admin.post("/deliveries/plan")
@permits(Permission.DELIVERY_EDIT)
@reads(NewStopForm, form=True)
@shows_again(new_delivery)
def plan_delivery_page(data: dict[str, Any]) -> ResponseReturnValue:
    order = _order(data.pop("order"))
    delivery = delivery_service.plan({**data, "order_id": order.id}, by=who())
    return _on_the_day(_("The stop for order %(number)s is planned.") % {"number": order.number}, delivery.day)


@admin.get(STOP)
@permits(Permission.DELIVERY_READ)
def delivery_page(delivery_id: int, form: Form = EMPTY) -> str:
    stop = queries.planned_stop(delivery_id)
    names = account_service.names_of({stop["workerId"]} if stop["workerId"] else ())
    drivers = _drivers() if stop["workerId"] is None else names | _drivers()
    return render_template("admin/deliveries/show.html", stop=stop, names=names, drivers=drivers, today=delivery_service.today(), form=form)


@admin.post(STOP)
@permits(Permission.DELIVERY_EDIT)
@reads(StopForm, form=True)
@shows_again(delivery_page)
def save_delivery(delivery_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    """The whole form: what was emptied is gone."""
    return _changed(delivery_id, {"window": None, "address": None} | data)


@admin.post(f"{STOP}/assign")
@permits(Permission.DELIVERY_EDIT)
@reads(StopForm, form=True)
@shows_again(delivery_page)
def assign_delivery(delivery_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    """One thing, from the day's list: another driver or another day."""
    return _changed(delivery_id, data)


@admin.post(f"{STOP}/move")
@permits(Permission.DELIVERY_EDIT)
@reads(PlaceForm, form=True)
@shows_again(delivery_page)
def move_delivery(delivery_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    delivery = delivery_service.move(delivery_id, data["places"], by=who())
    return redirect(url_for("admin.deliveries_page", day=delivery.day.isoformat(), _anchor=f"stop-{delivery_id}"), 303)


@admin.get(f"{STOP}/cancel")
@permits(Permission.DELIVERY_EDIT)
def calling_delivery_off_page(delivery_id: int) -> str:
    return render_template("admin/deliveries/cancel.html", stop=queries.planned_stop(delivery_id))


@admin.post(f"{STOP}/cancel")
@permits(Permission.DELIVERY_EDIT)
@reads(VersionForm, form=True)
@shows_again(delivery_page)
def cancel_delivery_page(delivery_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    delivery = delivery_service.cancel(delivery_id, expected=data["version"], by=who())
    name = queries.planned_stop(delivery_id)["customerName"]
    return _on_the_day(_("The stop at %(name)s is called off.") % {"name": name}, delivery.day)


def _changed(delivery_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    delivery = delivery_service.change(delivery_id, data, expected=data.pop("version", None), by=who())
    name = queries.planned_stop(delivery_id)["customerName"]
    return _on_the_day(_("The stop at %(name)s is changed.") % {"name": name}, delivery.day)


def _on_the_day(sentence: str, day: date) -> ResponseReturnValue:
    return told(sentence, "admin.deliveries_page", day=None if day == delivery_service.today() else day.isoformat())


def _drivers() -> dict[int, str]:
    return account_service.those_who_may(Permission.DELIVERY_WORK)


def _order(text: str) -> Any:
    try:
        return orders.get_by_number_or_code(text)
    except (UnknownOrder, MistypedCode) as failure:
        raise NoSuchOrder(fields={"order": [failure.sentence]}) from failure


def _for_order(text: str | None) -> dict[str, Any]:
    """What is ready is brought; whatever else there is to drive for is fetched."""
    try:
        order = orders.get_by_number_or_code(text or "")
    except DomainError:
        return {"order": text or "", "kind": Kind.DROP_OFF}
    return {"order": order.number, "kind": Kind.DROP_OFF if order.status == Status.READY else Kind.PICKUP, "name": order.customer_name}


def _like(delivery_id: int) -> dict[str, Any]:
    stop = queries.planned_stop(delivery_id)
    kept = {name: stop[name] for name in ("kind", "window", "address", "workerId")}
    return {**kept, "order": stop["orderNumber"], "name": stop["customerName"]}
