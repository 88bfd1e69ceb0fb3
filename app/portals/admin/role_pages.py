"""Roles: what the shipped ones allow, drawn from the matrix the guards read, and those a business makes for itself."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Shape
from app.identity import role_service
from app.identity.permissions import ALLOWED, ALWAYS, Permission, Role, choosable
from app.identity.schemas import RoleCreate, RoleUpdate
from app.portals.admin import admin
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again

ROLE = "/roles/<int(max=9007199254740991):role_id>"
SHIPPED = (Role.WORKER, Role.EMPLOYEE, Role.MANAGER, Role.ADMIN)


class RoleForm(RoleUpdate):
    version = fields.Integer()


class BaseAsked(Shape):
    base = fields.String(load_default=str(Role.EMPLOYEE), validate=validate.OneOf([str(base) for base in ALWAYS]))


@admin.get("/roles/")
@permits(Permission.STAFF_READ)
def roles_page() -> str:
    everybody = ALLOWED[Role.CUSTOMER] | ALLOWED[Role.ANYONE]
    told_apart = [permission for permission in Permission if permission in ALLOWED[Role.ADMIN] - everybody]
    shown = {"permissions": told_apart, "shipped": SHIPPED, "allowed": ALLOWED, "bases": list(ALWAYS)}
    return render_template("admin/roles/list.html", roles=role_service.all_custom(), **shown)


@admin.get("/roles/new")
@permits(Permission.ROLE_EDIT)
@asks(BaseAsked)
def new_role(query: dict[str, Any] | None = None, form: Form = EMPTY) -> str:
    base = form.typed.get("base") or (query or {}).get("base")
    base = Role(base) if base in ALWAYS else Role.EMPLOYEE
    return render_template("admin/roles/new.html", base=base, permissions=choosable(base), form=form)


@admin.post("/roles/new")
@permits(Permission.ROLE_EDIT)
@reads(RoleCreate, form=True)
@shows_again(new_role)
def make_role(data: dict[str, Any]) -> ResponseReturnValue:
    role = role_service.make(data["name"], Role(data["base"]), data["permissions"], by=who())
    return told(_("“%(name)s” can be given to people now.") % {"name": role.name}, "admin.roles_page")


@admin.get(ROLE)
@permits(Permission.ROLE_EDIT)
def edit_role(role_id: int, form: Form = EMPTY) -> str:
    role = role_service.get(role_id)
    return render_template("admin/roles/edit.html", role=role.to_dict(people=0), permissions=choosable(Role(role.base)), form=form)


@admin.post(ROLE)
@permits(Permission.ROLE_EDIT)
@reads(RoleForm, form=True)
@shows_again(edit_role)
def save_role(role_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    changes = {"permissions": [], **data}  # no box ticked is no field sent
    role = role_service.change(role_id, changes, expected=changes.pop("version", None), by=who())
    return told(_("“%(name)s” is saved, and whoever has it may that much from now on.") % {"name": role.name}, "admin.roles_page")


@admin.post(f"{ROLE}/remove")
@permits(Permission.ROLE_EDIT)
@shows_again(edit_role)
def remove_role(role_id: int) -> ResponseReturnValue:
    name = role_service.remove(role_id, by=who())
    return told(_("“%(name)s” is gone.") % {"name": name}, "admin.roles_page")
