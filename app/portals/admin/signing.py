from flask import request
from flask.typing import ResponseReturnValue

from app.identity.errors import BadCredentials
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http import second_step
from app.portals.http.portal import answers, permits, reads, secret, shows_again
from app.portals.http.signing_in import MessageDict, NameAndPassword, add_pages, begin_browser_session, check_password, go_on

sign_in = add_pages(admin, "staff")
second_step.add_page(admin)


@admin.post("/login")
@permits(Permission.ACCOUNT_SIGN_IN)
@reads(NameAndPassword, form=True)
@answers(200, MessageDict, "Signed in: the session cookie is set. A form is sent on to the portal instead.")
@shows_again(sign_in, also=(BadCredentials, second_step.CodeNotAccepted))
@secret
def take_sign_in(data: dict[str, str]) -> ResponseReturnValue:
    account = check_password("staff", data["username"], data["password"], visit=Permission.ADMIN_VISIT)
    if (question := second_step.ask_for_code(admin, account, data.get("otp"))) is not None:
        return question
    begin_browser_session(account.id, "staff")
    return {"message": "Admin login successful"} if request.is_json else go_on(admin)
