"""What staff keep in order about their own account, the same in every portal of theirs: the password, and where they are signed in."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.identity import account_service, second_factor_service, session_service
from app.identity.account_service import SHORTEST_OF_STAFF
from app.identity.errors import WrongPassword
from app.identity.permissions import Permission
from app.identity.schemas import PasswordChange
from app.portals.http import own_password, second_factor_doors
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import Portal, permits, reads, secret, shows_again


def add_doors(portal: Portal) -> None:
    page, done = page_of(portal), done_at(portal)
    second_factor_doors.add_doors(portal)

    portal.get("/account", endpoint="account_page")(page(""))

    @portal.post("/account/password")
    @permits(Permission.ACCOUNT_CHANGE_PASSWORD)
    @reads(PasswordChange, form=True)
    @shows_again(page("password"), also=(WrongPassword,))
    @secret
    def change_own_password(data: dict[str, str]) -> ResponseReturnValue:
        own_password.change(data)
        return done(_("Your password is changed, and you are signed out everywhere else."))

    @portal.post("/account/sign-ins/<sign_in_id>/end")
    @permits(Permission.ACCOUNT_CHANGE_PASSWORD)
    def end_own_sign_in(sign_in_id: str) -> ResponseReturnValue:
        session_service.end_of_account(who().account_id or 0, sign_in_id, by=who())
        return done(_("That sign-in is over."))

    @portal.post("/account/sign-out-elsewhere")
    @permits(Permission.ACCOUNT_CHANGE_PASSWORD)
    def sign_out_elsewhere() -> ResponseReturnValue:
        account_service.sign_out_elsewhere(who().account_id or 0, keep=who().session_id, by=who())
        return done(_("You are signed out everywhere else."))


def page_of(portal: Portal) -> Callable[[str], Callable[..., str]]:
    """The page, once for each of its forms: only the one that was sent shows what is wrong with it."""

    def of(about: str) -> Callable[..., str]:
        @permits(Permission.ACCOUNT_CHANGE_PASSWORD)
        def account_page(form: Form = EMPTY, **_params: Any) -> str:
            mine = who()
            sign_ins = session_service.for_owner(mine.account_id or 0, here=mine.session_id)
            shown: dict[str, Any] = {
                "form": form,
                "about": about,
                "portal": portal.name,
                "sign_ins": sign_ins,
                "shortest": SHORTEST_OF_STAFF,
            }
            shown["second_factor"] = second_factor_service.is_on(mine.account_id or 0)
            return render_template("account/show.html", **shown)

        return account_page

    return of


def done_at(portal: Portal) -> Callable[[str], ResponseReturnValue]:
    def done(sentence: str) -> ResponseReturnValue:
        flash(sentence, "done")
        return redirect(url_for(f"{portal.name}.account_page"), 303)

    return done
