"""What somebody may, who signed in with a role at the business at hand."""

from app.identity.permissions import ALLOWED, OPERATOR, Permission, Role
from app.tenancy.tenant_service import MAIN, current_business


def allowed(role: Role) -> frozenset[Permission]:
    """An administrator of the first business runs the installation. A program's key does not: it asks the matrix itself."""
    return ALLOWED[role] | OPERATOR if role == Role.ADMIN and current_business().slug == MAIN else ALLOWED[role]
