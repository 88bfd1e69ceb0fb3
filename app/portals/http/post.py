"""Where letters go and what their links begin with, from the register and the settings; services get it as data."""

from flask import current_app, request

from app.clients.mail.routes import route_of
from app.config import DEVELOPMENT, TESTING
from app.core.errors import Unavailable
from app.notifications.letter_service import Post
from app.portals.http import languages
from app.portals.http.guard import who
from app.tenancy.tenant_service import current_business


class NoPublicAddress(Unavailable):
    code = "no_public_address"
    sentence = "Letters cannot be sent yet: the operator has to set FABCLEAN_PUBLIC_URL to this shop's address."


def post() -> Post:
    base, business = _base_url(), current_business().name
    return Post(base, business, route_of(current_app.config, business, base), _language())


def public_url() -> str:
    """This business's own address, or the installation's; the request's only for what whoever sent it reads themselves."""
    return str(current_business().public_url or current_app.config["PUBLIC_URL"] or request.host_url).rstrip("/")


def _language() -> str:
    """Whoever asks for themselves reads what they are reading now. What staff look at says nothing about whom they write to."""
    return languages.of_business() if who().is_staff else languages.language()


def _base_url() -> str:
    """Never the request's Host header where strangers can send one: a link that leads to them would hand them its token."""
    configured = current_business().public_url or current_app.config["PUBLIC_URL"]
    if not configured and current_app.config["ENV_NAME"] not in (DEVELOPMENT, TESTING):
        raise NoPublicAddress
    return public_url()
