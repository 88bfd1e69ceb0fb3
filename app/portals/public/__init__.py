"""The public face and the health endpoints: what anybody may open."""

from app.portals.http.portal import Portal

public = Portal("public", __name__, realms=("customer", "staff"))

# The doors hang themselves onto the portal.
from app.portals.public import health, home, language, metrics, reports, styleguide, tracking, unsubscribing  # noqa: F401
