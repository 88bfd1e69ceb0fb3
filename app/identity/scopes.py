"""What an API key can be given: areas, to read or to change as well. What is not listed here no key ever gets.

A key is a program's and nobody's own: it makes no other way in (accounts, passwords, further keys), and does no work that somebody's
name must stand for (a driver's stops, forgetting a customer).
"""

from collections.abc import Iterable

from app.core.words import say
from app.identity.errors import UnknownScope
from app.identity.permissions import Permission, Role

P = Permission
READING: dict[str, frozenset[Permission]] = {
    "order": frozenset({P.ORDER_READ, P.ORDER_READ_OWN, P.ORDER_TRACK}),
    "label": frozenset({P.LABEL_PRINT, P.LABEL_READ_OWN}),
    "customer": frozenset({P.CUSTOMER_READ}),
    "approval": frozenset({P.APPROVAL_READ}),
    "service": frozenset({P.SERVICE_READ, P.SERVICE_LIST}),
    "store": frozenset({P.STORE_READ}),
    "transit": frozenset({P.TRANSIT_READ}),
    "delivery": frozenset({P.DELIVERY_READ}),
    "table": frozenset({P.TABLE_EXPORT}),
    "webhook": frozenset({P.WEBHOOK_READ}),
    "report": frozenset({P.REPORT_READ}),
    "staff": frozenset({P.STAFF_READ}),
    "analytics": frozenset({P.ANALYTICS_READ}),
    "audit": frozenset({P.AUDIT_READ}),
    "health": frozenset({P.HEALTH_DETAILS}),
}
CHANGING: dict[str, frozenset[Permission]] = {
    "order": frozenset({P.ORDER_PLACE, P.ORDER_CHANGE, P.ORDER_CHANGE_OWN, P.ORDER_TAKE, P.ORDER_SCAN}),
    "customer": frozenset({P.CUSTOMER_EDIT}),
    "approval": frozenset({P.APPROVAL_DECIDE}),
    "service": frozenset({P.SERVICE_EDIT}),
    "store": frozenset({P.STORE_EDIT}),
    "transit": frozenset({P.TRANSIT_EDIT}),
    "delivery": frozenset({P.DELIVERY_EDIT}),
    "table": frozenset({P.TABLE_IMPORT}),
    "webhook": frozenset({P.WEBHOOK_EDIT}),
    "report": frozenset({P.REPORT_EDIT}),
}
READ = ":read"
SCOPES = (*(area + READ for area in READING), *CHANGING)  # "order:read", and "order" for changing as well
ROLES = (Role.EMPLOYEE, Role.MANAGER, Role.ADMIN)  # a driver has nothing that a program could do for them
ALWAYS = frozenset({P.SITE_VISIT, P.SERVICE_LIST})
GRANTABLE = frozenset().union(ALWAYS, *READING.values(), *CHANGING.values())


def permissions_of(scopes: Iterable[str]) -> frozenset[Permission]:
    allowed = set(ALWAYS)
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScope(say("There is no scope “%(scope)s”; there are %(known)s.", scope=scope, known=", ".join(SCOPES)))
        area = scope.removesuffix(READ)
        allowed |= READING[area] if scope.endswith(READ) else READING[area] | CHANGING[area]
    return frozenset(allowed)


def all_of(allowed: frozenset[Permission]) -> tuple[str, ...]:
    """Every scope that stays within these permissions, the wider one where both do."""
    fit = [scope for scope in SCOPES if permissions_of([scope]) <= allowed]
    return tuple(scope for scope in fit if scope.removesuffix(READ) == scope or scope.removesuffix(READ) not in fit)
