"""The public face and the health endpoints: what anybody may open."""

from app.portals.http.portal import Portal

public = Portal("public", __name__, realms=("customer", "staff"))

from app.portals.public import health, home, language, metrics, styleguide, tracking  # noqa: F401  (the doors hang themselves onto the portal)
