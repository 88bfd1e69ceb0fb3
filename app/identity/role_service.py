"""What somebody may, who signed in with a role at the business at hand, and the roles a business made for itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm.exc import StaleDataError

from app.audit import audit_service
from app.core import clock
from app.core.constraints import refusing
from app.core.errors import StaleVersion
from app.core.unit_of_work import unit_of_work
from app.core.words import say
from app.extensions import db
from app.identity.errors import NotInRole, RoleInUse, RoleNameTaken, UnknownRole
from app.identity.models import Account, CustomRole, CustomRoleDict
from app.identity.permissions import ALLOWED, OPERATOR, Permission, Role, choosable, narrowed
from app.identity.principal import Principal
from app.tenancy.tenant_service import MAIN, current_business

CUSTOM = "custom:"


def allowed(role: Role, chosen: Sequence[str] | None = None) -> frozenset[Permission]:
    """``chosen``: of a business's own role based on this one. An administrator of the first business runs the installation; a program's
    key does not, it asks the matrix itself."""
    if chosen is not None:
        return narrowed(role, chosen)
    return ALLOWED[role] | OPERATOR if role == Role.ADMIN and current_business().slug == MAIN else ALLOWED[role]


def of(account: Account) -> frozenset[Permission]:
    own = db.session.get(CustomRole, account.custom_role_id) if account.custom_role_id is not None else None
    return allowed(Role(account.role), own.permissions if own is not None else None)


def read(text: str) -> tuple[Role, int | None]:
    """``manager``, or ``custom:3``: the role it is based on, and which one it is."""
    if not text.startswith(CUSTOM):
        return Role(text), None
    own = get(int(text.removeprefix(CUSTOM)))
    return Role(own.base), own.id


def get(role_id: int) -> CustomRole:
    own = db.session.get(CustomRole, role_id)
    if own is None:
        raise UnknownRole
    return own


def all_custom() -> list[CustomRoleDict]:
    counted = select(Account.custom_role_id, func.count()).where(Account.custom_role_id.is_not(None)).group_by(Account.custom_role_id)
    counts = dict(db.session.execute(counted).tuples().all())
    roles = db.session.scalars(select(CustomRole).order_by(CustomRole.name, CustomRole.id))
    return [role.to_dict(people=counts.get(role.id, 0)) for role in roles]


def make(name: str, base: Role, chosen: Sequence[str], *, by: Principal) -> CustomRole:
    role = CustomRole(name=name, base=base, permissions=_checked(base, chosen, by), created_at=clock.now())
    with unit_of_work() as session, refusing({"uq_custom_role_name": RoleNameTaken}):
        session.add(role)
        session.flush()
        audit_service.record("role.made", f"role:{role.id}", by=by, after=_told(role))
    return role


def change(role_id: int, data: Mapping[str, Any], *, expected: int | None, by: Principal) -> CustomRole:
    """Everybody who has it may that much at their next request, on every process: what they may is read with their sign-in."""
    with unit_of_work() as session, refusing({"uq_custom_role_name": RoleNameTaken}):
        role = get(role_id)
        if expected not in (None, role.version):
            raise StaleVersion
        before = _told(role)
        role.name = data.get("name", role.name)
        if "permissions" in data:
            role.permissions = _checked(Role(role.base), data["permissions"], by)
        try:
            session.flush()
        except StaleDataError as failure:
            raise StaleVersion from failure
        audit_service.record("role.changed", f"role:{role_id}", by=by, before=before, after=_told(role))
    return role


def remove(role_id: int, *, by: Principal) -> str:
    """Only one that nobody has, switched off or not."""
    with refusing({"fk_account_custom_role_id": RoleInUse}), unit_of_work() as session:
        role = get(role_id)
        unused = ~exists().where(Account.custom_role_id == role_id)
        if session.affected(delete(CustomRole).where(CustomRole.id == role_id, unused)) != 1:
            raise RoleInUse
        audit_service.record("role.removed", f"role:{role_id}", by=by, before=_told(role))
        return role.name


def _checked(base: Role, chosen: Sequence[str], by: Principal) -> list[str]:
    """Within the base, and never more than whoever makes it has."""
    within = [permission for permission in choosable(base) if by.may(permission)]
    if beyond := sorted(set(chosen) - set(within)):
        raise NotInRole(say("A role based on %(base)s cannot have %(beyond)s.", base=str(base), beyond=", ".join(beyond)))
    return [permission for permission in within if permission in chosen]


def _told(role: CustomRole) -> dict[str, Any]:
    return {"name": role.name, "base": role.base, "permissions": role.permissions}
