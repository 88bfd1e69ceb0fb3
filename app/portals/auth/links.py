"""Links sent by mail: asking for one, and what it opens. Programs send JSON; the link itself leads a browser to a page with a form."""

import hashlib

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import access_service
from app.customers.queries import normalise_email
from app.identity import recovery_service
from app.identity.link_service import CLAIM, INVITE, RESET
from app.identity.permissions import Permission
from app.identity.schemas import Forgotten, LinkPassword
from app.portals.auth import auth
from app.portals.http import limits
from app.portals.http.errors import wants_page
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.portal import View, answers, permits, reads, secret, shows_again
from app.portals.http.post import post
from app.portals.http.signing_in import MessageDict

SENT = "If we know this address, a letter with a link is on its way to it."
DONE = "Your password is set. Sign in with it."
# What one network and one address may ask for: a mailbox must not be filled by strangers.
NETWORK_ASKS, ADDRESS_ASKS = "20 per 15 minutes", "5 per 15 minutes"
NETWORK_USES = "50 per 15 minutes"
# Where somebody signs in afterwards, by realm.
SIGN_IN_PAGES = {"customer": "customer.sign_in", "staff": "employee.sign_in"}


@auth.get("/forgot")
@permits(Permission.SITE_VISIT)
@answers(200, "text/html", "The page with the form.")
def forgot_page(form: Form = EMPTY) -> str:
    return render_template("auth/forgot.html", form=form, sent=None)


@auth.post("/forgot")
@permits(Permission.ACCOUNT_SIGN_IN)
@reads(Forgotten, form=True)
@answers(202, MessageDict, "The same for every address, known or not.")
@shows_again(forgot_page)
@secret
def forgot(data: dict[str, str]) -> ResponseReturnValue:
    limits.spend(NETWORK_ASKS, "forgot", limits.network())
    address = hashlib.sha256(normalise_email(data["email"]).encode()).hexdigest()
    limits.spend(ADDRESS_ASKS, "forgot-address", address)
    access_service.forgotten(data["email"], post=post(), by=who())
    return (render_template("auth/forgot.html", form=EMPTY, sent=SENT), 202) if wants_page() else ({"message": SENT}, 202)


def _add_doors(purpose: str, meaning: str) -> None:
    """The page a link leads to, and the door its form knocks at; they differ by what the link is for."""

    def page(form: Form = EMPTY) -> str:
        token = form.typed.get("token") or request.args.get("token", "")
        shortest = recovery_service.shortest_for(purpose, token)
        return render_template("auth/set_password.html", form=form, purpose=purpose, token=token, shortest=shortest)

    def door(data: dict[str, str]) -> ResponseReturnValue:
        limits.spend(NETWORK_USES, "link", limits.network())
        realm = "customer"
        if purpose == CLAIM:
            access_service.claim(**data, by=who())
        else:
            realm = recovery_service.set_password(purpose, **data, by=who())
        if not wants_page():
            return {"message": DONE}
        flash("", "password-set")
        return redirect(url_for(SIGN_IN_PAGES[realm]), 303)

    again: View = permits(Permission.SITE_VISIT)(answers(200, "text/html", "The page the link leads to.")(page))
    declared: View = answers(200, MessageDict, meaning)(reads(LinkPassword, form=True)(secret(shows_again(again)(door))))
    auth.add_url_rule(f"/{purpose}", f"{purpose}_page", again, methods=["GET"])
    auth.add_url_rule(f"/{purpose}", purpose, permits(Permission.ACCOUNT_SIGN_IN)(declared), methods=["POST"])


_add_doors(RESET, "The new password is set, and every sign-in of the account is over.")
_add_doors(CLAIM, "The customer has an account now.")
_add_doors(INVITE, "The account can be signed in to now.")
