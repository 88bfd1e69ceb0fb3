"""Where letters go and what their links begin with, from the settings; services get it as data."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app, request

from app.clients.mail.routes import OutboxRoute, Route, SmtpRoute
from app.config import DEVELOPMENT, TESTING
from app.core.errors import Unavailable
from app.notifications.letter_service import Post
from app.tenancy.tenant_service import current_business


class NoPublicAddress(Unavailable):
    code = "no_public_address"
    sentence = "Letters cannot be sent yet: the operator has to set FABCLEAN_PUBLIC_URL to this shop's address."


def post() -> Post:
    base, business = _base_url(), current_business().name
    config = current_app.config
    address = config.get("MAIL_FROM") or f"no-reply@{urlsplit(base).hostname}"
    route: Route = OutboxRoute(Path(config["INSTANCE"]) / "outbox", business, address, shows_links=config["ENV_NAME"] == DEVELOPMENT)
    if config.get("SMTP_URL"):
        route = SmtpRoute(config["SMTP_URL"], business, address)
    return Post(base, business, route)


def _base_url() -> str:
    """Never the request's Host header where strangers can send one: a link that leads to them would hand them its token."""
    configured = current_app.config["PUBLIC_URL"]
    if not configured and current_app.config["ENV_NAME"] not in (DEVELOPMENT, TESTING):
        raise NoPublicAddress
    return str(configured or request.host_url).rstrip("/")
