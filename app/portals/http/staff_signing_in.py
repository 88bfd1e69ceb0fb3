"""How staff get into the counter's and the van's portal: a browser gets a session, a program gets tokens as well."""

from typing import TypedDict

from flask import request
from flask.typing import ResponseReturnValue

from app.identity import session_service
from app.identity.errors import BadCredentials
from app.identity.models import StaffDict
from app.identity.permissions import Permission
from app.portals.http import second_step, tokens
from app.portals.http.guard import who
from app.portals.http.portal import Portal, answers, permits, reads, secret, shows_again
from app.portals.http.signing_in import StaffEmailAndPassword, add_pages, begin_browser_session, check_password, go_on


class SignedInStaffDict(TypedDict):
    token: str
    refreshToken: str
    worker: StaffDict


def add_doors(portal: Portal, visit: Permission) -> None:
    sign_in = add_pages(portal, "staff")
    second_step.add_page(portal)

    @portal.post("/login")
    @permits(Permission.ACCOUNT_SIGN_IN)
    @reads(StaffEmailAndPassword, form=True)
    @answers(200, SignedInStaffDict, "Signed in: tokens for the API, and the session cookie. A form is sent on to the portal instead.")
    @shows_again(sign_in, also=(BadCredentials, second_step.CodeNotAccepted))
    @secret
    def take_sign_in(data: dict[str, str]) -> ResponseReturnValue:
        account = check_password("staff", data["email"], data["password"], visit=visit)
        if (question := second_step.ask_for_code(portal, account, data.get("otp"))) is not None:
            return question
        begin_browser_session(account.id, "staff")
        if not request.is_json:
            return go_on(portal)
        begun = session_service.begin(account.id, session_service.TOKENS, by=who())
        return {**tokens.issue(begun), "worker": account.to_dict()}
