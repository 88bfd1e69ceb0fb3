"""What can be allowed, and which role is allowed what: the one matrix. Guards, the navigation and the tests read it."""

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """``area:action``. ``own`` in an action means: only what belongs to the person asking."""

    SITE_VISIT = "site:visit"  # what any visitor may open: the public face, sign-in pages, health, the API's description
    ADMIN_VISIT = "admin:visit"
    EMPLOYEE_VISIT = "employee:visit"
    WORKER_VISIT = "worker:visit"
    CUSTOMER_VISIT = "customer:visit"
    SERVICE_LIST = "service:list"
    SERVICE_READ = "service:read"
    SERVICE_EDIT = "service:edit"
    STORE_READ = "store:read"
    STORE_EDIT = "store:edit"
    ORDER_PLACE = "order:place"
    ORDER_READ_OWN = "order:read-own"
    ORDER_READ = "order:read"
    ORDER_CHANGE_OWN = "order:change-own"
    ORDER_CHANGE = "order:change"
    ORDER_TAKE = "order:take"  # at the counter, for a customer on file
    ORDER_SCAN = "order:scan"
    ORDER_TRACK = "order:track"
    TRANSIT_READ = "transit:read"
    TRANSIT_EDIT = "transit:edit"
    DELIVERY_READ = "delivery:read"
    DELIVERY_EDIT = "delivery:edit"
    DELIVERY_WORK = "delivery:work"  # whoever drives: their own stops
    LABEL_READ_OWN = "label:read-own"
    LABEL_PRINT = "label:print"  # anybody's, many at once
    CUSTOMER_READ = "customer:read"
    CUSTOMER_EDIT = "customer:edit"
    CUSTOMER_ERASE = "customer:erase"
    CUSTOMER_EXPORT_OWN = "customer:export-own"
    CUSTOMER_ERASE_OWN = "customer:erase-own"
    APPROVAL_ASK_OWN = "approval:ask-own"
    APPROVAL_READ = "approval:read"
    APPROVAL_DECIDE = "approval:decide"
    STAFF_READ = "staff:read"
    STAFF_EDIT = "staff:edit"
    TABLE_IMPORT = "table:import"
    TABLE_EXPORT = "table:export"
    ACCOUNT_SIGN_UP = "account:sign-up"
    ACCOUNT_SIGN_IN = "account:sign-in"
    ACCOUNT_SIGN_OUT = "account:sign-out"
    ACCOUNT_CHANGE_PASSWORD = "account:change-password"  # noqa: S105  (a permission, not a password)
    REPORT_SEND = "report:send"
    REPORT_READ = "report:read"
    REPORT_EDIT = "report:edit"
    WEBHOOK_READ = "webhook:read"
    WEBHOOK_EDIT = "webhook:edit"
    HEALTH_DETAILS = "health:details"
    AUDIT_READ = "audit:read"
    ANALYTICS_READ = "analytics:read"
    ROLE_EDIT = "role:edit"  # a business's own roles
    PLAN_READ = "plan:read"  # what the business pays for FabClean, and what it uses of it
    PLATFORM_READ = "platform:read"  # every business on the installation
    PLATFORM_EDIT = "platform:edit"
    JOB_READ = "job:read"
    JOB_STEER = "job:steer"


class Role(StrEnum):
    ANYONE = "anyone"  # nobody signed in
    CUSTOMER = "customer"
    WORKER = "worker"
    EMPLOYEE = "employee"
    MANAGER = "manager"
    ADMIN = "admin"


STAFF = frozenset({Role.WORKER, Role.EMPLOYEE, Role.MANAGER, Role.ADMIN})

P = Permission
_ANYONE = {P.SITE_VISIT, P.SERVICE_LIST, P.ORDER_PLACE, P.ORDER_TRACK, P.ACCOUNT_SIGN_UP, P.ACCOUNT_SIGN_IN, P.REPORT_SEND}
_SIGNED_IN = _ANYONE | {P.ACCOUNT_SIGN_OUT, P.ACCOUNT_CHANGE_PASSWORD}
_EMPLOYEE = _SIGNED_IN | {
    P.EMPLOYEE_VISIT, P.SERVICE_READ, P.ORDER_READ_OWN, P.ORDER_READ, P.ORDER_CHANGE_OWN, P.ORDER_CHANGE, P.ORDER_TAKE, P.ORDER_SCAN,
    P.LABEL_READ_OWN, P.LABEL_PRINT, P.TRANSIT_READ, P.TRANSIT_EDIT, P.CUSTOMER_READ, P.CUSTOMER_EDIT,
}  # fmt: skip
_MANAGER = _EMPLOYEE | {
    P.ADMIN_VISIT, P.WORKER_VISIT, P.STORE_READ, P.STORE_EDIT, P.SERVICE_EDIT, P.HEALTH_DETAILS, P.CUSTOMER_ERASE, P.STAFF_READ,
    P.STAFF_EDIT, P.WEBHOOK_READ, P.WEBHOOK_EDIT, P.APPROVAL_READ, P.APPROVAL_DECIDE, P.REPORT_READ, P.REPORT_EDIT,
    P.DELIVERY_READ, P.DELIVERY_EDIT, P.DELIVERY_WORK, P.AUDIT_READ, P.ANALYTICS_READ, P.TABLE_IMPORT, P.TABLE_EXPORT,
}  # fmt: skip

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.ANYONE: frozenset(_ANYONE),
    Role.CUSTOMER: frozenset(
        _SIGNED_IN
        | {P.CUSTOMER_VISIT, P.APPROVAL_ASK_OWN, P.CUSTOMER_EXPORT_OWN, P.CUSTOMER_ERASE_OWN}
        | {P.ORDER_READ_OWN, P.ORDER_CHANGE_OWN, P.LABEL_READ_OWN}
    ),
    Role.WORKER: frozenset(_SIGNED_IN | {P.WORKER_VISIT, P.DELIVERY_WORK}),
    Role.EMPLOYEE: frozenset(_EMPLOYEE),
    Role.MANAGER: frozenset(_MANAGER),
    Role.ADMIN: frozenset(_MANAGER | {P.ROLE_EDIT, P.PLAN_READ, P.JOB_READ, P.JOB_STEER}),
}

# Whoever runs the installation. No role has these: an administrator has them, signed in to the first business (``role_service``).
OPERATOR = frozenset({P.PLATFORM_READ, P.PLATFORM_EDIT})

# A role of a business's own is a shipped one with less in it. What it always has: what everybody has, what is people's own, the way into
# the portal, and what the first page there shows.
ALWAYS: dict[Role, frozenset[Permission]] = {
    Role.EMPLOYEE: frozenset(_SIGNED_IN | {P.EMPLOYEE_VISIT, P.ORDER_READ, P.ORDER_READ_OWN, P.ORDER_CHANGE_OWN, P.LABEL_READ_OWN}),
    Role.MANAGER: frozenset(_SIGNED_IN | {P.ADMIN_VISIT, P.ORDER_READ, P.ORDER_READ_OWN, P.ORDER_CHANGE_OWN, P.LABEL_READ_OWN}),
}
# And what it never has: whoever invites people and sets their passwords can become any of them.
NEVER = frozenset({P.STAFF_EDIT})


def choosable(base: Role) -> list[Permission]:
    """In the order in which they are declared."""
    return [permission for permission in Permission if permission in ALLOWED[base] - ALWAYS[base] - NEVER]


def narrowed(base: Role, chosen: Iterable[str]) -> frozenset[Permission]:
    """What is stored may be older than the matrix: nothing in it gives more than the base has now."""
    return ALWAYS[base] | (frozenset(choosable(base)) & frozenset(chosen))
