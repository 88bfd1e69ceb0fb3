from flask import request
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http.portal import answers, permits, reads, secret
from app.portals.http.signing_in import MessageDict, NameAndPassword, add_pages, begin_browser_session, check_password, take_form

add_pages(admin, "staff")


@admin.post("/login")
@permits(Permission.ACCOUNT_SIGN_IN)
@reads(NameAndPassword, form=True)
@answers(200, MessageDict, "Signed in: the session cookie is set. A form is sent on to the portal instead.")
@secret
def take_sign_in(data: dict[str, str]) -> ResponseReturnValue:
    if not request.is_json:
        return take_form(admin, "staff", Permission.ADMIN_VISIT, "username", data)
    begin_browser_session(check_password("staff", data["username"], data["password"], visit=Permission.ADMIN_VISIT))
    return {"message": "Admin login successful"}
