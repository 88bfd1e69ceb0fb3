from typing import TypedDict

from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Shape
from app.customers import customer_service
from app.customers import queries as customers
from app.customers.models import CustomerDict
from app.customers.schemas import SignUp
from app.identity import session_service
from app.identity.permissions import Permission
from app.portals.auth import auth
from app.portals.http import tokens
from app.portals.http.guard import who
from app.portals.http.languages import language
from app.portals.http.portal import answers, limited, permits, reads, secret
from app.portals.http.signing_in import EmailAndPassword, MessageDict, check_password


class SignedInDict(TypedDict):
    token: str
    refreshToken: str
    customer: CustomerDict


class Refresh(Shape):
    refreshToken = fields.String(required=True, validate=validate.Length(1, 4096))


@auth.post("/signup")
@permits(Permission.ACCOUNT_SIGN_UP)
@limited("20 per hour")
@reads(SignUp)
@answers(201, SignedInDict, "The new customer, signed in.")
@secret
def sign_up(data: dict[str, str]) -> ResponseReturnValue:
    customer, account_id = customer_service.sign_up(**data, language=language(), by=who())
    begun = session_service.begin(account_id, session_service.TOKENS, by=who())
    return {**tokens.issue(begun), "customer": customer.to_dict()}, 201


@auth.post("/login")
@permits(Permission.ACCOUNT_SIGN_IN)
@reads(EmailAndPassword)
@answers(200, SignedInDict, "Tokens for the API, and the customer they belong to.")
@secret
def log_in(data: dict[str, str]) -> ResponseReturnValue:
    account = check_password("customer", data["email"], data["password"], visit=Permission.CUSTOMER_VISIT)
    begun = session_service.begin(account.id, session_service.TOKENS, by=who())
    return {**tokens.issue(begun), "customer": customers.get(account.customer_id).to_dict()}


@auth.post("/refresh")
@permits(Permission.ACCOUNT_SIGN_IN)
@limited("60 per minute")
@reads(Refresh)
@answers(200, tokens.TokensDict, "A fresh pair. The refresh token sent is used up; using it again ends the whole sign-in.")
@secret
def refresh(data: dict[str, str]) -> ResponseReturnValue:
    return {**tokens.refresh(data["refreshToken"])}


@auth.post("/logout")
@permits(Permission.ACCOUNT_SIGN_OUT)
@answers(200, MessageDict, "This sign-in is over, on every worker, at once.")
def log_out() -> ResponseReturnValue:
    session_service.end(str(who().session_id), by=who())
    return {"message": "Signed out"}
