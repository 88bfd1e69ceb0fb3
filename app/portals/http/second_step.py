"""Signing in where a second factor is on: the code after the password, on a page of its own or in the same JSON."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.errors import NotSignedIn
from app.core.shapes import Shape
from app.identity import second_factor_service
from app.identity.permissions import Permission
from app.identity.vault import Vault
from app.portals.http import limits, vaults
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import Portal, permits, reads, secret, shows_again
from app.portals.http.signing_in import begin_browser_session, go_on

if TYPE_CHECKING:
    from app.identity.models import Account

WAITING = "second"  # in the cookie, between the password and the code
# Counted only after the right password, so that nobody else can use them up. A recovery code is far beyond guessing; whoever spends
# all tries at the app's codes still gets in with one.
CODE_TRIES = ("10 per 5 minutes", "50 per day")
RECOVERY_TRIES = "10 per 5 minutes"


class SecondFactorRequired(NotSignedIn):
    code = "second_factor_required"
    sentence = "The password is right. Send the code of your authenticator app, or a recovery code, as otp as well."


class CodeNotAccepted(NotSignedIn):
    code = "code_refused"
    sentence = "That is not the code, or it was used already. Wait for the next one."


class Code(Shape):
    otp = fields.String(required=True, validate=validate.Length(1, 40))


def vault() -> Vault:
    return vaults.vault("second factors")


def check_code(account_id: int, code: str) -> bool:
    if second_factor_service.is_from_the_app(code):
        for rate in CODE_TRIES:
            limits.spend(rate, "second-factor", str(account_id))
    else:
        limits.spend(RECOVERY_TRIES, "recovery-code", str(account_id), limits.network())
    return second_factor_service.accepts(account_id, code, vault=vault(), by=who())


def ask_for_code(portal: Portal, account: "Account", otp: str | None) -> ResponseReturnValue | None:
    """After the right password: None lets them in, anything else is the answer."""
    if not second_factor_service.is_on(account.id):
        return None
    if otp is not None:
        if not check_code(account.id, otp):
            raise CodeNotAccepted
        return None
    if request.is_json:
        raise SecondFactorRequired
    session[WAITING] = second_factor_service.ticket_for(account, vault=vault())
    return redirect(url_for(f"{portal.name}.second_step", next=request.args.get("next")), 303)


def add_page(portal: Portal) -> None:
    @portal.get("/login/code")
    @permits(Permission.SITE_VISIT)
    def second_step(form: Form = EMPTY) -> ResponseReturnValue:
        if _waiting() is None:
            return redirect(url_for(f"{portal.name}.sign_in", next=request.args.get("next")))
        return render_template("account/second_step.html", form=form, portal=portal.name)

    @portal.post("/login/code")
    @permits(Permission.ACCOUNT_SIGN_IN)
    @reads(Code, form=True)
    @shows_again(second_step, also=(CodeNotAccepted,))
    @secret
    def take_second_step(data: dict[str, str]) -> ResponseReturnValue:
        account_id = _waiting()
        if account_id is None:
            return redirect(url_for(f"{portal.name}.sign_in", next=request.args.get("next")), 303)
        if not check_code(account_id, data["otp"]):
            raise CodeNotAccepted
        session.pop(WAITING, None)
        begin_browser_session(account_id, "staff")
        return go_on(portal)


def _waiting() -> int | None:
    return second_factor_service.account_of_ticket(str(session.get(WAITING, "")), vault=vault())
