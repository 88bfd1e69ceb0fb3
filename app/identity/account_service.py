"""Accounts: made here, and opened with a password here."""

from sqlalchemy import select, update

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import password_rules, passwords
from app.identity.errors import BadCredentials, EmailTaken
from app.identity.models import CUSTOMER_REALM, STAFF_REALM, Account
from app.identity.permissions import ALLOWED, Permission, Role


def normalise_login(login: str) -> str:
    return password_rules.normalise(login).strip().lower()


def hash_new_password(password: str, *, personal: tuple[str, ...] = ()) -> str:
    """Checked and hashed before any transaction begins: hashing takes long, and a writer must not be kept waiting."""
    password_rules.check(password, personal=personal)
    return passwords.hash_password(password)


def hash_given_password(password: str) -> str:
    """For a password the operator set in the environment, whose strength ``config`` has judged."""
    return passwords.hash_password(password)


def create_staff(login: str, name: str, role: Role, password_hash: str | None, *, by: Actor) -> Account:
    return _create(Account(realm=STAFF_REALM, login=normalise_login(login), name=name, role=role, password_hash=password_hash), by)


def create_customer_account(login: str, name: str, customer_id: int, password_hash: str, *, by: Actor) -> Account:
    """For a customer who exists already (``customers.customer_service.sign_up`` makes both)."""
    account = Account(realm=CUSTOMER_REALM, login=normalise_login(login), name=name, role=Role.CUSTOMER, password_hash=password_hash)
    account.customer_id = customer_id
    return _create(account, by)


def _create(account: Account, by: Actor) -> Account:
    account.created_at = clock.now()
    with unit_of_work() as session, refusing({"uq_account_realm_login": EmailTaken, "uq_account_customer_id": EmailTaken}):
        session.add(account)
        session.flush()
        audit_service.record("account.created", f"account:{account.id}", by=by, after={"role": account.role, "login": account.login})
    return account


def has_administrator() -> bool:
    return db.session.scalar(select(Account.id).where(Account.role == Role.ADMIN).limit(1)) is not None


def may(account_id: int, permission: Permission) -> bool:
    """Whether somebody else's account is in use and its role allows this, for services that give people work."""
    role = db.session.scalar(select(Account.role).where(Account.id == account_id, Account.disabled_at.is_(None)))
    return role is not None and permission in ALLOWED[Role(role)]


def with_password(realm: str, login: str, password: str) -> Account:
    """The account these credentials open. Everybody else gets the same answer after the same time."""
    account = db.session.scalar(select(Account).where(Account.realm == realm, Account.login == normalise_login(login)))
    stored = account.password_hash if account is not None and account.disabled_at is None else None
    db.session.rollback()  # no transaction stays open while the hash is computed
    if not passwords.matches(password, stored) or account is None or stored is None:
        raise BadCredentials
    if passwords.is_outdated(stored):
        fresh = passwords.hash_password(password)
        with unit_of_work() as session:
            session.execute(update(Account).where(Account.id == account.id, Account.password_hash == stored).values(password_hash=fresh))
    return account
