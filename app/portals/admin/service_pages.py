from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields

from app.catalogue import queries, service_service
from app.catalogue.schemas import ServiceTyped
from app.core.shapes import Shape
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import permits, reads, shows_again


class VersionForm(Shape):
    """The version the page showed travels with the form, as ``If-Match`` does with a program's request."""

    version = fields.Integer(required=True)


class ServiceForm(ServiceTyped):
    version = fields.Integer()


@admin.get("/services/")
@permits(Permission.SERVICE_READ)
def services_page() -> str:
    services = sorted(queries.all_services(), key=lambda service: not service.active)
    shown = [{**service.to_dict(), "version": service.version} for service in services]
    return render_template("admin/services/list.html", services=shown)


@admin.get("/services/add")
@permits(Permission.SERVICE_EDIT)
def new_service(form: Form = EMPTY) -> str:
    return render_template("admin/services/new.html", form=form)


@admin.post("/services/add")
@permits(Permission.SERVICE_EDIT)
@reads(ServiceForm, form=True)
@shows_again(new_service)
def add_service(data: dict[str, Any]) -> ResponseReturnValue:
    service = service_service.create(data, by=who())
    return _told("service-added", service.name)


@admin.get("/services/<service_id>/edit")
@permits(Permission.SERVICE_EDIT)
def edit_service(service_id: str, form: Form = EMPTY) -> str:
    service = queries.get(service_id)
    return render_template("admin/services/edit.html", service=service.to_dict(), version=service.version, form=form)


@admin.post("/services/<service_id>/edit")
@permits(Permission.SERVICE_EDIT)
@reads(ServiceForm, form=True)
@shows_again(edit_service)
def change_service(service_id: str, data: dict[str, Any]) -> ResponseReturnValue:
    service = service_service.update(service_id, data, expected=data.get("version"), by=who())
    return _told("service-changed", service.name)


@admin.post("/services/<service_id>/retire")
@permits(Permission.SERVICE_EDIT)
@reads(VersionForm, form=True)
@shows_again(edit_service)
def retire_service_page(service_id: str, data: dict[str, Any]) -> ResponseReturnValue:
    service = service_service.retire(service_id, expected=data["version"], by=who())
    return _told("service-retired", service.name)


@admin.post("/services/<service_id>/offer")
@permits(Permission.SERVICE_EDIT)
@reads(VersionForm, form=True)
@shows_again(edit_service)
def offer_service_page(service_id: str, data: dict[str, Any]) -> ResponseReturnValue:
    service = service_service.update(service_id, {"active": True}, expected=data["version"], by=who())
    return _told("service-offered", service.name)


def _told(event: str, name: str) -> ResponseReturnValue:
    """Back to the list, which says what happened (templates/macros/chrome.html has the sentences)."""
    flash(name, event)
    return redirect(url_for("admin.services_page"), 303)
