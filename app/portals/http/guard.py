"""Who is knocking, whether the request came from our own pages, and whether they may pass. Runs before every door of a portal."""

from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app, g, request, session

from app.core.errors import Forbidden, NotSignedIn
from app.identity import key_service, session_service
from app.identity.permissions import ALLOWED, Permission, Role
from app.identity.principal import Principal
from app.portals.http import tokens

API_KEY = "X-Api-Key"
UNSAFE_METHODS = ("POST", "PUT", "PATCH", "DELETE")


class FromAnotherSite(Forbidden):
    code = "from_another_site"
    sentence = "This request came from another site's page, so it was not carried out."


def who() -> Principal:
    """The person behind this request."""
    return cast(Principal, g.principal)


def claimed_business() -> str | None:
    """What the key or the token says of itself, read before it is known whose it would have to be."""
    if (key := request.headers.get(API_KEY)) is not None:
        return key_service.claimed_business(key)
    return tokens.claimed_business()


def check(portal: str, realms: Iterable[str], visit: Permission) -> None:
    if request.method == "OPTIONS":
        return  # answers with the allowed methods only
    g.principal = principal = _recognise(portal, realms)
    view: Any = current_app.view_functions[str(request.endpoint)]
    door = view.door
    open_to_all = door.permission in ALLOWED[Role.ANYONE]  # the way in must not ask for what one has only inside
    if principal.key_id is not None and not (door.answers or open_to_all):
        raise Forbidden  # a page is for people: a key opens what the API's description lists
    if not principal.may(door.permission) or not (open_to_all or principal.may_enter(visit)):
        raise Forbidden if principal.signed_in else NotSignedIn


def _recognise(portal: str, realms: Iterable[str]) -> Principal:
    address = request.remote_addr
    if "business" not in g:  # a door that works with the database away: nobody is anybody there
        return Principal.anyone(portal, address)
    if (key := request.headers.get(API_KEY)) is not None:
        return key_service.principal_of(key, portal, address)
    if (token := tokens.from_header()) is not None:
        # A bad token is refused even where none is needed: its sender believes to be somebody.
        return tokens.principal_of(token, portal, address)
    if request.method in UNSAFE_METHODS:
        _refuse_other_sites()
    for realm in realms:
        session_id, _, secret = str(session.get(realm, "")).partition(".")
        if secret and (principal := session_service.recognise(session_id, channel=portal, address=address, secret=secret)):
            return principal
    return Principal.anyone(portal, address)


def _refuse_other_sites() -> None:
    """Browsers say where a request comes from; a client that says nothing (curl) is no browser and carries no victim's cookie."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site in ("same-origin", "none") or (site is None and origin is None):
        return
    allowed = {urlsplit(request.host_url).netloc}
    if origin is not None and urlsplit(origin).netloc in allowed and site != "cross-site":
        return
    if origin in current_app.config["CORS_ORIGINS"] and not request.cookies:
        return
    raise FromAnotherSite
