"""The customers' own pages, under ``/customer/``. Their API is ``/auth`` and ``/api``."""

from app.portals.http.portal import Portal

customer = Portal("customer", __name__, realms=("customer",), url_prefix="/customer")

from app.portals.customer import booking, me_pages, order_pages, signing, signing_up  # noqa: F401
