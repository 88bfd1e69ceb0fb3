from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.identity import role_service
from app.identity.models import CustomRoleDict
from app.identity.permissions import Permission, Role
from app.identity.schemas import RoleCreate, RoleUpdate
from app.portals.admin import admin
from app.portals.http.answers import with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, permits, reads, versioned

ROLE = "/api/roles/<int:role_id>"


@admin.get("/api/roles")
@permits(Permission.STAFF_READ)
@answers(200, list[CustomRoleDict], "The roles this business made for itself. Give one to somebody as `custom:` and its number.")
def list_roles() -> ResponseReturnValue:
    return jsonify(role_service.all_custom())


@admin.post("/api/roles")
@permits(Permission.ROLE_EDIT)
@reads(RoleCreate)
@answers(201, CustomRoleDict, "The new role. It has less than the role it is based on, never more.")
def create_role(data: dict[str, Any]) -> ResponseReturnValue:
    role = role_service.make(data["name"], Role(data["base"]), data["permissions"], by=who())
    return with_version(role.to_dict(people=0), role.version, 201)


@admin.put(ROLE)
@permits(Permission.ROLE_EDIT)
@reads(RoleUpdate)
@versioned
@answers(200, CustomRoleDict, "The role as it is now, for everybody who has it, from their next request on.")
def change_role(role_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    role_service.change(role_id, data, expected=expected, by=who())
    role = next(role for role in role_service.all_custom() if role["id"] == role_id)
    return with_version(role, role["version"])


@admin.delete(ROLE)
@permits(Permission.ROLE_EDIT)
@answers(204, None, "Gone. A role that somebody has stays.")
def delete_role(role_id: int) -> ResponseReturnValue:
    role_service.remove(role_id, by=who())
    return "", 204
