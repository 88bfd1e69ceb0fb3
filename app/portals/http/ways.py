"""How messages to customers leave the house, from the register and the settings; and the link by which they end."""

from urllib.parse import urlencode

from flask import current_app

from app.clients.mail.routes import route_of
from app.clients.texts import texts_of
from app.config import DEVELOPMENT, TESTING
from app.messages.carrier_service import Ways
from app.notifications.letter_service import Post
from app.portals.http.vaults import outbound, vault
from app.tenancy.tenant_service import current_business

UNSUBSCRIBE_PAGE = "/unsubscribe"
_PURPOSE = "unsubscribing"
_AT_HOME = "http://127.0.0.1:5005"


def ways() -> Ways:
    """For the business in force, without any request."""
    business, config = current_business(), current_app.config
    base = str(business.public_url or config["PUBLIC_URL"] or _at_home()).rstrip("/")
    post = Post(base, business.name, route_of(config, business.name, base)) if base else None
    seal = vault(_PURPOSE).seal

    def unsubscribe_link(customer_id: int) -> str:
        return f"{base}{UNSUBSCRIBE_PAGE}?{urlencode({'token': seal(str(customer_id))})}"

    return Ways(post, texts_of(config, outbound()), unsubscribe_link)


def unsubscriber(token: str) -> int | None:
    """Whose link this is; good for ever, and for nothing else."""
    opened = vault(_PURPOSE).open(token)
    return int(opened) if opened is not None else None


def _at_home() -> str:
    return _AT_HOME if current_app.config["ENV_NAME"] in (DEVELOPMENT, TESTING) else ""
