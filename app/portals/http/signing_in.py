"""Signing in and out, the same at every portal: counted, answered alike for whoever does not get in, and with a fresh session."""

from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Password, Shape
from app.identity import account_service, role_service, session_service
from app.identity.errors import BadCredentials
from app.identity.permissions import Permission
from app.portals.http import limits
from app.portals.http.errors import wants_page
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import Portal, View, answers, permits

if TYPE_CHECKING:
    from app.identity.models import Account

# Ten tries in five minutes, for one login from anywhere and for one network at any login.
TRIES = "10 per 5 minutes"
NETWORK_TRIES = "50 per 5 minutes"


class EmailAndPassword(Shape):
    email = fields.String(required=True, validate=validate.Length(1, 254))
    password = Password(required=True)


class Otp(Shape):
    """The second factor's code, where one is on; a page asks for it afterwards."""

    otp = fields.String(validate=validate.Length(1, 40))


class StaffEmailAndPassword(EmailAndPassword, Otp):
    pass


class NameAndPassword(Otp):
    username = fields.String(required=True, validate=validate.Length(1, 254))
    password = Password(required=True)


class MessageDict(TypedDict):
    message: str


def add_pages(portal: Portal, realm: str) -> View:
    """The sign-in page and the way out, which are alike everywhere. What signing in answers is each portal's own; the page is
    returned so that it can be shown again."""

    @portal.get("/login")
    @permits(Permission.SITE_VISIT)
    def sign_in(form: Form = EMPTY) -> str:
        return render_template(f"{portal.name}/sign_in.html", form=form)

    @portal.post("/logout")
    @permits(Permission.SITE_VISIT)
    @answers(200, MessageDict, "The session is over.")
    def sign_out() -> ResponseReturnValue:
        if (old := session.pop(realm, None)) is not None:
            session_service.end(str(old).partition(".")[0], by=who())
        return redirect(url_for(f"{portal.name}.sign_in"), 303) if wants_page() else {"message": "Signed out"}

    return sign_in


def check_password(realm: str, login: str, password: str, *, visit: Permission) -> "Account":
    """The account, if these credentials open it and it may visit this portal at all."""
    limits.spend(NETWORK_TRIES, "sign-in", limits.network())
    limits.spend(TRIES, "sign-in", realm, account_service.normalise_login(login))
    account = account_service.with_password(realm, login, password)
    if visit not in role_service.of(account):
        raise BadCredentials
    return account


def begin_browser_session(account_id: int, realm: str) -> None:
    """Always a new one: whatever id the browser brought along is worth nothing from here on."""
    if (old := session.pop(realm, None)) is not None:
        session_service.end(str(old).partition(".")[0], by=who())
    begun = session_service.begin(account_id, session_service.BROWSER, by=who(), client=request.user_agent.string)
    session[realm] = f"{begun.session_id}.{begun.secret}"
    session.permanent = True


def go_on(portal: Portal) -> ResponseReturnValue:
    """To the page the person came from, if it is one of ours, else into the portal."""
    target = request.args.get("next", "")
    return redirect(target if is_ours(target) else url_for(f"{portal.name}.home"), code=303)


def is_ours(target: str) -> bool:
    """Whether a browser sent to this address stays here: ``//elsewhere`` and ``/\\elsewhere`` would not."""
    parts = urlsplit(target)
    return target.startswith("/") and not target.startswith("//") and "\\" not in target and not parts.scheme and not parts.netloc
