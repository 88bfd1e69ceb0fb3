"""What customers keep in order about themselves."""

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.core.shapes import Line, Phone, Shape
from app.customers import approval_service, customer_service, erasing_service
from app.customers import queries as customers
from app.customers.approval_states import About
from app.customers.schemas import AddressAsked
from app.identity import session_service
from app.identity.account_service import SHORTEST_PASSWORD
from app.identity.errors import WrongPassword
from app.identity.permissions import Permission
from app.identity.schemas import PasswordAgain, PasswordChange
from app.messages.queries import setting
from app.messages.schemas import Choice
from app.portals.customer import customer
from app.portals.http import own_password
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import permits, reads, secret, shows_again


class OwnDetails(Shape):
    name = Line(longest=100, required=True)
    phone = Phone(required=True)


@customer.get("/me")
@permits(Permission.CUSTOMER_VISIT)
def me(form: Form = EMPTY, about: str = "") -> str:
    mine = customers.get(who().customer_id).to_file_dict()
    sign_ins = session_service.of_account(who().account_id or 0)
    addresses = [one.to_dict() for one in approval_service.of_customer(who().customer_id or 0) if one.about == About.ADDRESS]
    known = {"mine": mine, "sign_ins": sign_ins, "channels": setting().channels, "shortest": SHORTEST_PASSWORD}
    more = {"addresses": addresses, "looks_at_addresses": approval_service.rules().addresses}
    return render_template("customer/me.html", **known, **more, form=form, about=about)


def _again(about: str) -> Any:
    """Of several forms on the page only the one that was sent shows what is wrong."""
    return lambda form=EMPTY: me(form=form, about=about)


@customer.post("/me")
@permits(Permission.CUSTOMER_VISIT)
@reads(OwnDetails, form=True)
@shows_again(_again("details"))
def change_me(data: dict[str, Any]) -> ResponseReturnValue:
    customer_service.change(who().customer_id or 0, data, expected=None, by=who())
    return _done("details-saved")


@customer.post("/me/addresses")
@permits(Permission.APPROVAL_ASK_OWN)
@reads(AddressAsked, form=True)
@shows_again(_again("address"))
def ask_for_address(data: dict[str, str]) -> ResponseReturnValue:
    approval_service.ask_for_address(who().customer_id or 0, data["address"], by=who())
    return _done("address-asked")


@customer.post("/me/approval")
@permits(Permission.APPROVAL_ASK_OWN)
def ask_for_approval_again() -> ResponseReturnValue:
    approval_service.ask_again(who().customer_id or 0, by=who())
    return redirect(url_for("customer.home"), 303)


@customer.post("/me/messages")
@permits(Permission.CUSTOMER_VISIT)
@reads(Choice, form=True)
@shows_again(_again("messages"))
def choose_messages(data: dict[str, Any]) -> ResponseReturnValue:
    customer_service.change(who().customer_id or 0, data, expected=None, by=who())
    return _done("details-saved")


@customer.post("/me/password")
@permits(Permission.ACCOUNT_CHANGE_PASSWORD)
@reads(PasswordChange, form=True)
@shows_again(_again("password"), also=(WrongPassword,))
@secret
def change_password(data: dict[str, Any]) -> ResponseReturnValue:
    own_password.change(data)
    return _done("password-changed")


@customer.get("/me/forget")
@permits(Permission.CUSTOMER_ERASE_OWN)
def forget_page(form: Form = EMPTY) -> str:
    return render_template("customer/forget.html", form=form)


@customer.post("/me/forget")
@permits(Permission.CUSTOMER_ERASE_OWN)
@reads(PasswordAgain, form=True)
@shows_again(forget_page, also=(WrongPassword,))
@secret
def forget_me(data: dict[str, Any]) -> ResponseReturnValue:
    own_password.confirm(data["password"])
    erasing_service.erase(who().customer_id or 0, by=who())
    session.pop("customer", None)
    flash("", "forgotten")
    return redirect(url_for("public.home"), 303)


def _done(what: str) -> ResponseReturnValue:
    flash("", what)
    return redirect(url_for("customer.me"), 303)
