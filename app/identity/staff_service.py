"""Who works here: taken on, changed and switched off."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.audit import audit_service
from app.core import clock
from app.core.constraints import refusing
from app.core.errors import StaleVersion
from app.core.pagination import Page, read_cursor
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import account_service, link_service, role_service, second_factor_service, session_service
from app.identity.errors import (
    AboveYou,
    EmailTaken,
    LastAdministrator,
    NotInvited,
    NotYourself,
    OwnSecondFactor,
    UnknownRole,
    UnknownStaff,
    WrongPassword,
)
from app.identity.models import STAFF_REALM, Account
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.notifications import letter_service
from app.notifications.letter_service import Post

LARGEST_ID = 2**63 - 1  # beyond it a database cannot even be asked
INVITATION_PAGE = "/auth/invite"


def find(*, limit: int, cursor: str | None) -> Page[Account]:
    """Everybody who ever worked here, by number."""
    query = select(Account).where(Account.realm == STAFF_REALM).order_by(Account.id).limit(limit + 1)
    if cursor is not None:
        query = query.where(Account.id > read_cursor(cursor, (int,))[0])
    return Page.of(db.session.scalars(query).all(), limit, lambda account: [account.id])


def get(account_id: int) -> Account:
    account = db.session.get(Account, account_id) if account_id <= LARGEST_ID else None
    if account is None or account.realm != STAFF_REALM:
        raise UnknownStaff
    return account


def hire(data: Mapping[str, Any], *, post: Post | None, by: Principal) -> tuple[Account, str | None]:
    """Without a password the person gets a letter and chooses their own; then ``post`` is needed. Returns the link it holds as well."""
    hashed = _hashed(data, data["name"], data["email"])
    with unit_of_work(), refusing({"fk_account_custom_role_id": UnknownRole}):
        role, own = role_service.read(data["role"])
        account = account_service.create_staff(data["email"], data["name"], role, hashed, custom_role_id=own, by=by)
        link = _invite(account, post=post, by=by) if hashed is None and post is not None else None
    return account, link


def invite(account_id: int, *, post: Post, by: Principal) -> tuple[Account, str]:
    """Once more, to somebody who has not accepted yet. The older link is worthless from here on."""
    with unit_of_work():
        account = get(account_id)
        _ensure_below(account, by)
        if not account.is_invited or account.disabled_at is not None:
            raise NotInvited
        return account, _invite(account, post=post, by=by)


def _invite(account: Account, *, post: Post, by: Principal) -> str:
    link = post.link(INVITATION_PAGE, link_service.make(link_service.INVITE, account_id=account.id, by=by))
    told = {"login": account.login, "lasts": link_service.IN_WORDS[link_service.INVITE]}
    letter_service.send("invite", account.login, post=post, link=link, **told)
    return link


def change(account_id: int, data: Mapping[str, Any], *, expected: int | None, by: Principal) -> Account:
    if "password" in data and account_id == by.account_id:
        raise WrongPassword("Change your own password with your current one: PUT /api/me/password.")
    seen = get(account_id)
    _ensure_below(seen, by)
    hashed = _hashed(data, data.get("name", seen.name), data.get("email", seen.login))
    with unit_of_work() as session, refusing({"uq_account_realm_login": EmailTaken, "fk_account_custom_role_id": UnknownRole}):
        account = get(account_id)
        _ensure_below(account, by)
        if expected not in (None, account.version):
            raise StaleVersion
        before = account.to_dict()
        _apply(account, data, hashed, by=by)
        session.flush()
        after: dict[str, Any] = {**account.to_dict(), "password": "set" if hashed else "as before"}
        audit_service.record("staff.changed", f"account:{account_id}", by=by, before=before, after=after)
    return account


def dismiss(account_id: int, *, expected: int | None, by: Principal) -> Account:
    """The row stays, for what it did; nothing opens with it any more."""
    return change(account_id, {"disabled": True}, expected=expected, by=by)


def sign_out_everywhere(account_id: int, *, by: Principal) -> Account:
    """A lost phone, a shared screen: whatever opens with this account stops at once, and its password goes on working."""
    with unit_of_work():
        account = get(account_id)
        _ensure_below(account, by)
        session_service.end_all(account)
        audit_service.record("staff.signed_out", f"account:{account_id}", by=by)
    return account


def reset_second_factor(account_id: int, *, by: Principal) -> Account:
    """For somebody whose phone and recovery codes are gone. It ends their sign-ins: whoever holds one may not be them."""
    if account_id == by.account_id:
        raise OwnSecondFactor
    with unit_of_work():
        account = get(account_id)
        _ensure_below(account, by)
        second_factor_service.switch_off(account_id, by=by, action="second_factor.reset")
        session_service.end_all(account)
    return account


def _apply(account: Account, data: Mapping[str, Any], hashed: str | None, *, by: Principal) -> None:
    was = ((Role(account.role), account.custom_role_id), account.disabled_at is not None)
    now = (role_service.read(data["role"]) if "role" in data else was[0], data.get("disabled", was[1]))
    if now[1] and account.id == by.account_id:
        raise NotYourself
    if was == ((Role.ADMIN, None), False) and now != was:
        _ensure_not_last_administrator()
    if was[1] and not now[1]:
        account_service.ensure_room_for_staff()
    account.name, (account.role, account.custom_role_id) = data.get("name", account.name), now[0]
    if now[1] != was[1]:
        account.disabled_at = clock.now() if now[1] else None
    if "email" in data and account_service.normalise_login(data["email"]) != account.login:
        account.login = account_service.normalise_login(data["email"])
        link_service.forget(account_id=account.id)
    account.password_hash = hashed or account.password_hash
    if hashed or now != was:
        session_service.end_all(account)
        link_service.forget(account_id=account.id)


def _ensure_below(account: Account, by: Principal) -> None:
    if account.role == Role.ADMIN and by.role != Role.ADMIN:
        raise AboveYou


def _ensure_not_last_administrator() -> None:
    """The rows are locked: of two administrators who switch each other off at the same moment, the second is told."""
    working = select(Account.id).where(Account.role == Role.ADMIN, Account.disabled_at.is_(None)).order_by(Account.id)
    if len(db.session.scalars(working.with_for_update()).all()) < 2:
        raise LastAdministrator


def _hashed(data: Mapping[str, Any], name: str, login: str) -> str | None:
    if "password" not in data:
        return None
    personal = (*name.split(), *login.partition("@")[::2])
    return account_service.hash_new_password(data["password"], personal=personal, staff=True)
