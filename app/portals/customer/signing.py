from flask import request
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.portals.customer import customer
from app.portals.http.portal import answers, permits, reads, secret
from app.portals.http.signing_in import EmailAndPassword, MessageDict, add_pages, begin_browser_session, check_password, take_form

add_pages(customer, "customer")


@customer.post("/login")
@permits(Permission.ACCOUNT_SIGN_IN)
@reads(EmailAndPassword, form=True)
@answers(200, MessageDict, "Signed in: the session cookie is set. A form is sent on to the portal instead.")
@secret
def take_sign_in(data: dict[str, str]) -> ResponseReturnValue:
    if not request.is_json:
        return take_form(customer, "customer", Permission.CUSTOMER_VISIT, "email", data)
    begin_browser_session(check_password("customer", data["email"], data["password"], visit=Permission.CUSTOMER_VISIT))
    return {"message": "Login successful"}
