"""How a customer gets in: signing up, signing in, renewing a token, signing out. Staff sign in at their own portals."""

from app.portals.http.portal import Portal

auth = Portal("auth", __name__, realms=("customer", "staff"), url_prefix="/auth")

from app.portals.auth import customers  # noqa: F401
