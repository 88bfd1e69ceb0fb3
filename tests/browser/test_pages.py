"""Every page, looked at: usable by everybody, in light and dark, at every width, and quiet."""

import pytest

from tests.browser.conftest import Open, Shop, keep_picture
from tests.support.people import ADMIN, ALICE, BOB, ERIN, WANDA, Person

pytestmark = pytest.mark.browser

# name: (path, who, status). "{order_id}" and the like are the furniture's.
FULL: dict[str, tuple[str, Person | None, int]] = {
    "home": ("/", None, 200),
    "track-form": ("/track", None, 200),
    "track": ("/track/{token}", None, 200),
    "track-unknown": ("/track/no-such-code", None, 404),
    "sign-in-admin": ("/admin/login", None, 200),
    "sign-in-employee": ("/employee/login", None, 200),
    "sign-in-worker": ("/worker/login", None, 200),
    "sign-in-customer": ("/customer/login?next=/customer/", None, 200),
    "sign-up": ("/customer/signup", None, 200),
    "forgotten": ("/auth/forgot", None, 200),
    "choose-password": ("/auth/reset?token=any", None, 200),
    "not-found": ("/no/such/page", None, 404),
    "forbidden": ("/employee/", WANDA, 403),
    "admin-home": ("/admin/", ADMIN, 200),
    "admin-orders": ("/admin/orders/", ADMIN, 200),
    "admin-orders-late": ("/admin/orders/?due=late", ADMIN, 200),
    "admin-order": ("/admin/orders/{order_id}", ADMIN, 200),
    "admin-order-long": ("/admin/orders/{long_id}", ADMIN, 200),
    "admin-services": ("/admin/services/", ADMIN, 200),
    "admin-service-add": ("/admin/services/add", ADMIN, 200),
    "admin-service-edit": ("/admin/services/s1/edit", ADMIN, 200),
    "admin-customers": ("/admin/customers/", ADMIN, 200),
    "admin-customer": ("/admin/customers/1", ADMIN, 200),
    "admin-customer-merge": ("/admin/customers/1/merge/2", ADMIN, 200),
    "report": ("/report?page=/track", None, 200),
    "admin-approvals": ("/admin/approvals/?state=approved", ADMIN, 200),
    "admin-approval-rules": ("/admin/approvals/rules", ADMIN, 200),
    "admin-staff": ("/admin/staff/", ADMIN, 200),
    "admin-member": ("/admin/staff/5", ADMIN, 200),
    "admin-transit-new": ("/admin/transit/add", ADMIN, 200),
    "admin-batch": ("/admin/transit/1", ADMIN, 200),
    "admin-manifest": ("/admin/transit/1/manifest", ADMIN, 200),
    "admin-store": ("/admin/settings/stores/1", ADMIN, 200),
    "admin-audit": ("/admin/audit/", ADMIN, 200),
    "admin-keys": ("/admin/keys/", ADMIN, 200),
    "admin-key-new": ("/admin/keys/new", ADMIN, 200),
    "admin-webhooks": ("/admin/webhooks/", ADMIN, 200),
    "admin-webhook-new": ("/admin/webhooks/new", ADMIN, 200),
    "admin-webhook": ("/admin/webhooks/1", ADMIN, 200),
    "admin-jobs": ("/admin/jobs/", ADMIN, 200),
    "admin-figure-rows": ("/admin/figures/orders?grain=month&what=placed", ADMIN, 200),
    "admin-figures": ("/admin/figures/?grain=day", ADMIN, 200),
    "admin-messages": ("/admin/messages/", ADMIN, 200),
    "admin-message-text": ("/admin/messages/pickup_booked/hi", ADMIN, 200),
    "unsubscribe-unknown": ("/unsubscribe?token=x", None, 400),
    "admin-account": ("/admin/account", ADMIN, 200),
    "admin-second-factor": ("/admin/account/second-factor", ADMIN, 200),
    "admin-platform": ("/admin/platform/", ADMIN, 200),
    "admin-platform-status": ("/admin/platform/status", ADMIN, 200),
    "admin-platform-plans": ("/admin/platform/plans", ADMIN, 200),
    "admin-platform-new": ("/admin/platform/new", ADMIN, 200),
    "admin-platform-business": ("/admin/platform/businesses/main", ADMIN, 200),
    "admin-platform-invoices": ("/admin/platform/invoices/", ADMIN, 200),
    "admin-plan": ("/admin/plan/", ADMIN, 200),
    "admin-roles": ("/admin/roles/", ADMIN, 200),
    "admin-role-new": ("/admin/roles/new?base=manager", ADMIN, 200),
    "styleguide": ("/styleguide", None, 200),
    "admin-import": ("/admin/imports/services", ADMIN, 200),
    "employee-home": ("/employee/", ERIN, 200),
    "employee-not-found": ("/employee/find?q=%23999999", ERIN, 404),
    "employee-nobody": ("/employee/find?q=Walter", ERIN, 200),
    "employee-found": ("/employee/find?q=alice", ERIN, 200),
    "employee-order": ("/employee/orders/{order_id}", ERIN, 200),
    "employee-new-order": ("/employee/orders/new?name=Walter", ERIN, 200),
    "employee-print": ("/employee/orders/{long_id}/print", ERIN, 200),
    "employee-stations": ("/employee/scan/stations", ERIN, 200),
    "employee-scan": ("/employee/scan/ready", ERIN, 200),
    "employee-board": ("/employee/board", ERIN, 200),
    "worker-home": ("/worker/", WANDA, 200),
    "worker-stop": ("/worker/stops/2", WANDA, 200),
    "worker-stop-failed": ("/worker/stops/1", WANDA, 200),
    "worker-offline": ("/worker/offline", None, 200),
    "admin-deliveries": ("/admin/deliveries/", ADMIN, 200),
    "admin-delivery": ("/admin/deliveries/2", ADMIN, 200),
    "admin-delivery-plan": ("/admin/deliveries/plan?like=1", ADMIN, 200),
    "customer-home": ("/customer/", ALICE, 200),
    "customer-me": ("/customer/me", ALICE, 200),
    "customer-order": ("/customer/orders/{order_id}", ALICE, 200),
}
EMPTY: dict[str, tuple[str, Person | None]] = {
    "empty-admin-home": ("/admin/", ADMIN),
    "empty-admin-figures": ("/admin/figures/", ADMIN),
    "empty-admin-reports": ("/admin/reports/", ADMIN),
    "empty-admin-approvals": ("/admin/approvals/", ADMIN),
    "empty-admin-orders": ("/admin/orders/", ADMIN),
    "empty-admin-transit": ("/admin/transit/", ADMIN),
    "empty-employee-home": ("/employee/", ERIN),
    "empty-employee-board": ("/employee/board", ERIN),
    "empty-employee-transit": ("/employee/transit/", ERIN),
    "empty-customer-home": ("/customer/", BOB),
    "empty-worker-home": ("/worker/", WANDA),
    "empty-worker-waiting": ("/worker/waiting", WANDA),
    "empty-admin-deliveries": ("/admin/deliveries/", ADMIN),
}


@pytest.mark.parametrize("name", FULL)
def test_a_page_is_usable_by_everybody_and_quiet(name: str, full_shop: Shop, open_page: Open) -> None:
    path, person, status = FULL[name]
    _look(name, open_page, full_shop, path.format(**vars(full_shop.furniture)), person, status)


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_page_says_what_would_be_there(name: str, new_shop: Shop, open_page: Open) -> None:
    path, person = EMPTY[name]
    _look(name, open_page, new_shop, path, person, 200)


def _look(name: str, open_page: Open, shop: Shop, path: str, person: Person | None, status: int) -> None:
    eyes = open_page(shop, path, person, status=status)
    eyes.check_access()
    for width in (360, 1024, 1920):
        eyes.check_width(width)
    keep_picture(eyes.page, name, whole=False)
