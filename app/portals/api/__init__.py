"""The HTTP API that anybody with a token, and some of it anybody at all, may call; and its description."""

from app.portals.http.portal import Portal

api = Portal("api", __name__, realms=("customer", "staff"))

from app.portals.api import description, figures, labels, me, orders, reports, services, tracking  # noqa: F401
