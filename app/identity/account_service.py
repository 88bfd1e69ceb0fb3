"""Accounts: made here, and opened with a password here."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, func, select, update

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.unit_of_work import stop_reading, unit_of_work
from app.extensions import db
from app.identity import link_service, password_rules, passwords, role_service, session_service
from app.identity.errors import BadCredentials, EmailTaken, WrongPassword
from app.identity.models import CUSTOMER_REALM, STAFF_REALM, Account, CustomRole
from app.identity.permissions import ALLOWED, Permission, Role
from app.tenancy import plan_service
from app.tenancy.plan_rules import Limit

SHORTEST_PASSWORD = password_rules.SHORTEST
SHORTEST_OF_STAFF = password_rules.SHORTEST_OF_STAFF


def normalise_login(login: str) -> str:
    return password_rules.normalise(login).strip().lower()


def hash_new_password(password: str, *, personal: tuple[str, ...] = (), staff: bool = False) -> str:
    """Checked and hashed before any transaction begins: hashing takes long, and a writer must not be kept waiting."""
    password_rules.check(password, personal=personal, shortest=password_rules.SHORTEST_OF_STAFF if staff else password_rules.SHORTEST)
    return passwords.hash_password(password)


def hash_given_password(password: str) -> str:
    """For a password the operator set in the environment, whose strength ``config`` has judged."""
    return passwords.hash_password(password)


def create_staff(login: str, name: str, role: Role, password_hash: str | None, *, custom_role_id: int | None = None, by: Actor) -> Account:
    account = Account(realm=STAFF_REALM, login=normalise_login(login), name=name, role=role, password_hash=password_hash)
    account.custom_role_id = custom_role_id
    with unit_of_work():
        ensure_room_for_staff()
        return _create(account, by)


def ensure_room_for_staff() -> None:
    """Whoever may sign in is counted, invited or working."""
    working = select(func.count()).select_from(Account).where(Account.realm == STAFF_REALM, Account.disabled_at.is_(None))
    plan_service.ensure_room(Limit.STAFF, lambda: db.session.scalars(working).one())


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
        # A customer is named by number here: the audit outlives their wish to be forgotten.
        told = {"customer": account.customer_id} if account.customer_id is not None else {"login": account.login}
        audit_service.record("account.created", f"account:{account.id}", by=by, after={"role": account.role, **told})
    return account


def has_administrator() -> bool:
    return db.session.scalar(select(Account.id).where(Account.role == Role.ADMIN).limit(1)) is not None


def may(account_id: int, permission: Permission) -> bool:
    """Whether somebody else's account is in use and its role allows this, for services that give people work."""
    return account_id in _those_who_may(permission, Account.id == account_id)


def those_who_may(permission: Permission) -> dict[int, str]:
    """The names of everybody whose account is in use and whose role allows this."""
    return _those_who_may(permission)


def _those_who_may(permission: Permission, *whom: ColumnElement[bool]) -> dict[int, str]:
    roles = [role for role, allowed in ALLOWED.items() if permission in allowed]
    working = select(Account.id, Account.name, Account.role, CustomRole.permissions).where(
        Account.role.in_(roles), Account.disabled_at.is_(None)
    )
    rows = db.session.execute(working.outerjoin(CustomRole).where(*whom).order_by(Account.name, Account.id)).tuples()
    return {number: name for number, name, role, chosen in rows if permission in role_service.allowed(Role(role), chosen)}


def names_of(account_ids: Collection[int]) -> dict[int, str]:
    """Of those who have left as well."""
    return dict(db.session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids))).tuples().all())


def addresses_of_administrators() -> list[str]:
    """Of those who can sign in. The first one may have a user name instead of an e-mail."""
    working = select(Account.login).where(Account.role == Role.ADMIN, Account.disabled_at.is_(None)).order_by(Account.id)
    return [login for login in db.session.scalars(working) if "@" in login]


def change_password(account_id: int, current: str, new: str, *, keep: str | None, by: Actor) -> None:
    """With the current one, and every other sign-in ends; ``keep`` is the one it was changed in."""
    seen = check_password_of(account_id, current)
    fresh = hash_new_password(new, personal=personal_words(seen), staff=seen.realm == STAFF_REALM)
    with unit_of_work() as session:
        account = session.get_one(Account, account_id)
        account.password_hash = fresh
        session_service.end_all(account, keep=keep)
        link_service.forget(account_id=account_id)
        audit_service.record("account.password_changed", f"account:{account_id}", by=by)


def sign_out_elsewhere(account_id: int, *, keep: str | None, by: Actor) -> None:
    with unit_of_work() as session:
        session_service.end_all(session.get_one(Account, account_id), keep=keep)
        audit_service.record("account.signed_out_elsewhere", f"account:{account_id}", by=by)


def check_password_of(account_id: int, password: str) -> Account:
    """Somebody signed in says once more that it is them."""
    account = db.session.get_one(Account, account_id)
    db.session.expunge(account)
    stop_reading()
    if not passwords.matches(password, account.password_hash):
        raise WrongPassword(fields={"password": [WrongPassword.sentence]})
    return account


def personal_words(account: Account) -> tuple[str, ...]:
    """What guessers of this person's password try first."""
    return (*account.name.split(), *account.login.partition("@")[::2])


def find_login(realm: str, login: str) -> Account | None:
    return db.session.scalar(select(Account).where(Account.realm == realm, Account.login == normalise_login(login)))


def find_of_customer(customer_id: int) -> Account | None:
    return db.session.scalar(select(Account).where(Account.customer_id == customer_id))


def rename_of_customer(customer_id: int, login: str | None, name: str) -> None:
    """The e-mail on file is what they sign in with, so both change together."""
    account = find_of_customer(customer_id)
    with unit_of_work(), refusing({"uq_account_realm_login": EmailTaken}):
        link_service.forget(customer_id=customer_id)
        if account is not None:
            account.login, account.name = normalise_login(login) if login is not None else account.login, name
            link_service.forget(account_id=account.id)


def delete_of_customer(customer_id: int) -> None:
    """The account goes, and with it every sign-in and link."""
    with unit_of_work() as session:
        link_service.forget(customer_id=customer_id)
        session.execute(delete(Account).where(Account.customer_id == customer_id))


def move_to_customer(from_id: int, into_id: int) -> None:
    """Two records were one person: who has an account keeps it, and of two the one they are merged into stays."""
    with unit_of_work() as session:
        if find_of_customer(into_id) is not None:
            delete_of_customer(from_id)
        else:
            link_service.forget(customer_id=into_id)  # claiming is over: there is an account now
            moved = update(Account).where(Account.customer_id == from_id)
            session.execute(moved.values(customer_id=into_id, version=Account.version + 1))
        link_service.forget(customer_id=from_id)


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
