"""A second factor for one's own account: begun with the password, confirmed with a code, switched off with both."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.shapes import Password
from app.identity import account_service, second_factor_service
from app.identity.errors import CodeRefused, WrongPassword
from app.identity.permissions import Permission
from app.identity.schemas import PasswordAgain
from app.portals.http import own_password
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import Portal, permits, reads, secret, shows_again
from app.portals.http.second_step import Code, check_code, vault
from app.tenancy.tenant_service import current_business


class PasswordAndCode(Code):
    password = Password(required=True)


def add_doors(portal: Portal) -> None:
    @portal.get("/account/second-factor")
    @permits(Permission.ACCOUNT_CHANGE_PASSWORD)
    def second_factor_page(form: Form = EMPTY) -> str:
        mine = who().account_id or 0
        secret_now = second_factor_service.secret_to_confirm(mine, vault=vault())
        shown = {"since": second_factor_service.since(mine), "left": second_factor_service.recovery_codes_left(mine), "form": form}
        return render_template("account/second_factor.html", **shown, **_drawn(secret_now), portal=portal.name)

    @portal.post("/account/second-factor/begin")
    @permits(Permission.ACCOUNT_CHANGE_PASSWORD)
    @reads(PasswordAgain, form=True)
    @shows_again(second_factor_page, also=(WrongPassword,))
    @secret
    def begin_second_factor(data: dict[str, str]) -> ResponseReturnValue:
        own_password.confirm(data["password"])
        second_factor_service.begin(who().account_id or 0, vault=vault())
        return redirect(url_for(f"{portal.name}.second_factor_page"), 303)

    @portal.post("/account/second-factor/confirm")
    @permits(Permission.ACCOUNT_CHANGE_PASSWORD)
    @reads(Code, form=True)
    @shows_again(second_factor_page)
    @secret
    def confirm_second_factor(data: dict[str, str]) -> ResponseReturnValue:
        mine = who()
        codes = second_factor_service.confirm(mine.account_id or 0, data["otp"], vault=vault(), keep=mine.session_id, by=mine)
        return render_template("account/recovery_codes.html", codes=codes, portal=portal.name), 201

    @portal.post("/account/second-factor/off")
    @permits(Permission.ACCOUNT_CHANGE_PASSWORD)
    @reads(PasswordAndCode, form=True)
    @shows_again(second_factor_page, also=(WrongPassword,))
    @secret
    def switch_second_factor_off(data: dict[str, Any]) -> ResponseReturnValue:
        own_password.confirm(data["password"])
        if not check_code(who().account_id or 0, data["otp"]):
            raise CodeRefused(fields={"otp": [CodeRefused.sentence]})
        second_factor_service.switch_off(who().account_id or 0, by=who())
        flash(_("The second factor is off. Your password is enough again."), "done")
        return redirect(url_for(f"{portal.name}.account_page"), 303)


def _drawn(secret_now: str | None) -> dict[str, str | None]:
    """The secret as an app scans it and as somebody types it."""
    if secret_now is None:
        return {"typed_secret": None, "picture": None}
    import segno

    login = account_service.names_of([who().account_id or 0])[who().account_id or 0]
    address = second_factor_service.address_of(secret_now, login, issuer=current_business().name)
    picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    return {"typed_secret": " ".join(secret_now[start : start + 4] for start in range(0, len(secret_now), 4)), "picture": picture}
