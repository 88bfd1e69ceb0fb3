"""The customers' own pages, under ``/customer/``. Their API is ``/auth`` and ``/api``."""

from app.identity.permissions import Permission
from app.portals.http.portal import Portal

customer = Portal("customer", __name__, visit=Permission.CUSTOMER_VISIT, realms=("customer",), url_prefix="/customer")

from app.portals.customer import booking, me_pages, order_pages, signing, signing_up  # noqa: F401
