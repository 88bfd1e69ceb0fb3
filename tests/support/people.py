"""The cast. Alice and Bob are customers, and what is Alice's is not Bob's; Charlie is the stranger, who must see nothing."""

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.customers import customer_service
from app.extensions import db
from app.identity import account_service, session_service
from app.identity.models import CUSTOMER_REALM, STAFF_REALM, Account
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.identity.session_service import BROWSER, TOKENS, SignIn
from app.portals.http import tokens
from app.tenancy.tenant_service import MAIN
from tests.support.shop import ADMIN_PASS, ADMIN_USER, inside

PASSWORD = "nine slow otters swim"


@dataclass(frozen=True)
class Person:
    login: str
    name: str
    role: Role = Role.CUSTOMER
    phone: str = "555-0100"
    password: str = PASSWORD

    @property
    def realm(self) -> str:
        return CUSTOMER_REALM if self.role == Role.CUSTOMER else STAFF_REALM

    @property
    def sign_in_path(self) -> str:
        return {Role.CUSTOMER: "/auth/login", Role.WORKER: "/worker/login"}.get(self.role, "/employee/login")

    @property
    def credentials(self) -> dict[str, str]:
        return {"email": self.login, "password": self.password}


ALICE = Person("alice@example.com", "Alice Archer")
BOB = Person("bob@example.com", "Bob Baker")
CHARLIE = Person("charlie@example.com", "Charlie Crane")
ERIN = Person("erin@shop.example", "Erin Ellis", Role.EMPLOYEE)
WANDA = Person("wanda@shop.example", "Wanda Wells", Role.WORKER)
MONA = Person("mona@shop.example", "Mona Marsh", Role.MANAGER)
ADMIN = Person(ADMIN_USER, "Administrator", Role.ADMIN, password=ADMIN_PASS)  # made by ``flask init-db``
CUSTOMERS, STAFF = (ALICE, BOB, CHARLIE), (ERIN, WANDA, MONA)


def move_in() -> None:
    """Everybody gets an account, the way people get one. Hashing is slow on purpose, so tests copy the result."""
    by = Principal.command_line("tests")
    for person in CUSTOMERS:
        customer_service.sign_up(person.name, person.login, person.phone, person.password, by=by)
    hashed = account_service.hash_new_password(PASSWORD)
    for person in STAFF:
        account_service.create_staff(person.login, person.name, person.role, hashed, by=by)


def client_of(app: Flask, person: Person) -> FlaskClient:
    """A browser in which this person is signed in. (Typing the password takes 40 ms; tests of signing in do that.)"""
    begun = _begin(app, person, BROWSER)
    client = app.test_client()
    with client.session_transaction() as session:
        session[person.realm] = f"{begun.session_id}.{begun.secret}"
    return client


def bearer_of(app: Flask, person: Person, *, business: str = MAIN) -> dict[str, str]:
    """The header of a program that acts for this person."""
    begun = _begin(app, person, TOKENS, business)
    with inside(app, business):
        return {"Authorization": f"Bearer {tokens.issue(begun)['token']}"}


def account_id_of(app: Flask, person: Person, *, business: str = MAIN) -> int:
    with inside(app, business):
        return db.session.scalars(select(Account.id).where(Account.realm == person.realm, Account.login == person.login)).one()


def _begin(app: Flask, person: Person, kind: str, business: str = MAIN) -> SignIn:
    account_id = account_id_of(app, person, business=business)
    with inside(app, business):
        return session_service.begin(account_id, kind, by=Principal.anyone("tests"))
