"""The ways to an account by mail: a forgotten password, and the first one of whoever ordered without an account.

It is here and not in ``identity`` because it needs both: who the customer is, and what they sign in with.
"""

from dataclasses import dataclass

from app.core.actor import Actor
from app.core.unit_of_work import stop_reading, unit_of_work
from app.customers import queries
from app.identity import account_service, link_service
from app.identity.errors import LinkRefused
from app.identity.link_service import CLAIM, IN_WORDS, RESET
from app.notifications import letter_service
from app.notifications.letter_service import Post

PAGES = {RESET: "/auth/reset", CLAIM: "/auth/claim"}
FORGOT_PAGE = "/auth/forgot"
STAFF, CUSTOMER = "staff", "customer"


@dataclass(frozen=True, slots=True)
class _Offer:
    """Which link goes where. ``to`` is always an address on file, never the one somebody typed."""

    purpose: str
    to: str | None
    account_id: int | None = None
    customer_id: int | None = None
    language: str | None = None


_NOBODY = _Offer(RESET, None)


def forgotten(email: str, *, post: Post, by: Actor) -> None:
    """Whoever has this address gets a link. For an address that nobody has the same work is done and nothing is sent."""
    with unit_of_work():
        for offer in _offers(email) or [_NOBODY]:
            _make(offer, post=post, by=by)


def offer_claim(customer_id: int, *, post: Post, by: Actor) -> None:
    """To somebody who ordered without an account. The letter repeats nothing that was typed: a stranger may have typed it."""
    with unit_of_work():
        customer = queries.get(customer_id)
        if customer.email is not None and account_service.find_of_customer(customer_id) is None:
            _make(_Offer(CLAIM, customer.email, customer_id=customer_id, language=customer.language), post=post, by=by)


def claim(token: str, password: str, *, by: Actor) -> None:
    """The link proved that the address is theirs, so the customer on file gets the account."""
    customer = queries.get(link_service.look_at(CLAIM, token).customer_id)
    if customer.email is None or not customer.is_current:
        raise LinkRefused
    customer_id, name, email = customer.id, customer.name, customer.email
    stop_reading()
    hashed = account_service.hash_new_password(password, personal=(*name.split(), *email.partition("@")[::2]))
    with unit_of_work():
        link_service.use(CLAIM, token)
        account_service.create_customer_account(email, name, customer_id, hashed, by=by)


def _offers(email: str) -> list[_Offer]:
    """Every question is asked for every address, so that the time does not tell which of them found something."""
    customer = queries.find_by_email(email)
    account = account_service.find_of_customer(customer.id if customer is not None else 0)
    staff = account_service.find_login(STAFF, email)
    offers = [_Offer(RESET, found.login, found.id) for found in (account, staff) if found is not None and found.disabled_at is None]
    if customer is not None and account is None and customer.anonymised_at is None:
        offers.append(_Offer(CLAIM, customer.email, customer_id=customer.id))
    return offers


def _make(offer: _Offer, *, post: Post, by: Actor) -> None:
    token = link_service.make(offer.purpose, account_id=offer.account_id, customer_id=offer.customer_id, by=by)
    if offer.to is not None:
        told = {"lasts": IN_WORDS[offer.purpose], "login": offer.to, "again": post.base_url + FORGOT_PAGE}
        letter_service.send(
            offer.purpose, offer.to, post=post, link=post.link(PAGES[offer.purpose], token), language=offer.language, **told
        )
