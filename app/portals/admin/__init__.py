"""The owner's and managers' portal: pages under ``/admin/`` and their API under ``/admin/api/``."""

from app.identity.permissions import Permission
from app.portals.http import account_doors
from app.portals.http.portal import Portal

admin = Portal("admin", __name__, visit=Permission.ADMIN_VISIT, realms=("staff",), url_prefix="/admin")

account_doors.add_doors(admin)

from app.portals.admin import (  # noqa: F401
    approval_pages,
    approvals,
    audit_pages,
    customer_ends,
    customer_pages,
    customers,
    deliveries,
    delivery_pages,
    exports,
    figure_pages,
    home,
    import_pages,
    imports,
    invoice_pages,
    job_pages,
    key_pages,
    message_pages,
    order_changes,
    order_pages,
    orders,
    platform,
    platform_pages,
    report_pages,
    reports,
    role_pages,
    roles,
    service_pages,
    services,
    settings_pages,
    signing,
    staff_pages,
    status_page,
    stores,
    transit,
    transit_pages,
    webhook_pages,
    webhooks,
    workers,
)
