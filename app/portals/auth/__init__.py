"""How a customer gets in: signing up, signing in, renewing a token, signing out. Staff sign in at their own portals.

The links that letters carry lead here too, those of staff among them.
"""

from app.portals.http.portal import Portal

auth = Portal("auth", __name__, realms=("customer", "staff"), url_prefix="/auth")

from app.portals.auth import customers, links  # noqa: F401
