from flask import render_template
from flask.typing import ResponseReturnValue

from app.customers import customer_service
from app.customers.schemas import SignUp
from app.identity.account_service import SHORTEST_PASSWORD
from app.identity.permissions import Permission
from app.portals.customer import customer
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import language
from app.portals.http.portal import limited, permits, reads, secret, shows_again
from app.portals.http.signing_in import begin_browser_session, go_on


@customer.get("/signup")
@permits(Permission.SITE_VISIT)
def sign_up_page(form: Form = EMPTY) -> str:
    return render_template("customer/sign_up.html", form=form, shortest=SHORTEST_PASSWORD)


@customer.post("/signup")
@permits(Permission.ACCOUNT_SIGN_UP)
@limited("20 per hour")
@reads(SignUp, form=True)
@shows_again(sign_up_page)
@secret
def take_sign_up(data: dict[str, str]) -> ResponseReturnValue:
    _, account_id = customer_service.sign_up(**data, language=language(), by=who())
    begin_browser_session(account_id, "customer")
    return go_on(customer)
