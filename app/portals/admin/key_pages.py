from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Line, Shape
from app.identity import key_service
from app.identity.errors import AboveYou, ScopeAboveRole
from app.identity.permissions import Permission
from app.identity.scopes import CHANGING, READ, READING
from app.portals.admin import admin
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import permits, reads, secret, shows_again

REVOKE = "/keys/<int(max=9007199254740991):key_id>/revoke"
LASTING = (30, 90, 365, key_service.LONGEST_DAYS)


class KeyForm(Shape):
    """By area what the key may there; an area left empty stays closed to it."""

    name = Line(longest=60, required=True)
    days = fields.Integer(required=True, validate=validate.OneOf(LASTING))
    areas = fields.Dict(
        keys=fields.String(validate=validate.OneOf(list(READING))), values=fields.String(validate=validate.OneOf(["read", "change"])),
        load_default=dict,
    )  # fmt: skip


@admin.get("/keys/")
@permits(Permission.STAFF_READ)
def keys_page() -> str:
    return render_template("admin/keys/list.html", keys=key_service.all_keys())


@admin.get("/keys/new")
@permits(Permission.STAFF_EDIT)
def new_key(form: Form = EMPTY) -> str:
    mine = key_service.scopes_within(who().permissions)
    areas = [(area, area in CHANGING and area in mine) for area in READING if area in mine or area + READ in mine]
    return render_template("admin/keys/new.html", areas=areas, lasting=LASTING, form=form)


@admin.post("/keys/new")
@permits(Permission.STAFF_EDIT)
@reads(KeyForm, form=True)
@shows_again(new_key, also=(ScopeAboveRole,))
@secret
def make_key(data: dict[str, Any]) -> ResponseReturnValue:
    scopes = [area if level == "change" else area + READ for area, level in data["areas"].items()]
    key, text = key_service.make(data["name"], scopes, role=who().role, days=data["days"], by=who())
    return render_template("admin/keys/made.html", key=key.to_dict(owner=who().name, switched_off=False), text=text), 201


@admin.get(REVOKE)
@permits(Permission.STAFF_EDIT)
def revoking_page(key_id: int, form: Form = EMPTY) -> str:
    return render_template("admin/keys/revoke.html", key=key_service.get(key_id), form=form)


@admin.post(REVOKE)
@permits(Permission.STAFF_EDIT)
@shows_again(revoking_page, also=(AboveYou,))
def revoke_key(key_id: int) -> ResponseReturnValue:
    name = key_service.revoke(key_id, by=who())
    return told(_("The key “%(name)s” opens nothing any more.") % {"name": name}, "admin.keys_page")
