"""Sign-ins: begun, recognised and ended here, for browsers and for token holders alike."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from sqlalchemy import bindparam, delete, select, update

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import role_service
from app.identity.errors import TokenRefused, UnknownSignIn
from app.identity.models import CUSTOMER_REALM, Account, CustomRole, SignInSession
from app.identity.permissions import Role
from app.identity.principal import Principal

BROWSER, TOKENS = "browser", "tokens"
STAFF_LASTS = timedelta(hours=12)
CUSTOMER_LASTS = timedelta(days=30)
TOKENS_LAST = timedelta(hours=24)  # since the last refresh

_SIGN_INS, _ACCOUNTS, _ROLES = SignInSession.__table__, Account.__table__, CustomRole.__table__
_WHO_SIGNED_IN = (
    select(_SIGN_INS.c.secret_hash, _SIGN_INS.c.expires_at, _SIGN_INS.c.auth_version, _SIGN_INS.c.kind,
           _ACCOUNTS.c.id, _ACCOUNTS.c.name, _ACCOUNTS.c.role, _ACCOUNTS.c.customer_id, _ACCOUNTS.c.disabled_at,
           _ACCOUNTS.c.auth_version.label("now_version"), _ROLES.c.permissions)
    .join_from(_SIGN_INS, _ACCOUNTS, _ACCOUNTS.c.id == _SIGN_INS.c.account_id)
    .outerjoin(_ROLES, _ROLES.c.id == _ACCOUNTS.c.custom_role_id)
    .where(_SIGN_INS.c.id == bindparam("session_id"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the client is given, once; only the hash of the secret is kept."""

    session_id: str
    secret: str
    account_id: int
    auth_version: int
    role: str
    realm: str


class SignInDict(TypedDict):
    """How a sign-in is shown to whom it belongs."""

    kind: str
    beganAt: str
    address: str | None
    client: str | None


class OwnSignInDict(SignInDict):
    id: str
    here: bool  # the one that is asking


def begin(account_id: int, kind: str, *, by: Actor, client: str | None = None) -> SignIn:
    secret, session_id, now = secrets.token_urlsafe(32), secrets.token_urlsafe(16), clock.now()
    with unit_of_work() as session:
        account = session.get_one(Account, account_id)
        lasts = TOKENS_LAST if kind == TOKENS else CUSTOMER_LASTS if account.realm == CUSTOMER_REALM else STAFF_LASTS
        row = SignInSession(id=session_id, account_id=account_id, auth_version=account.auth_version, secret_hash=_hash(secret), kind=kind)
        row.created_at, row.expires_at, row.address, row.client = now, now + lasts, by.address, (client or "")[:200] or None
        session.add(row)
        audit_service.record("session.begun", f"account:{account_id}", by=by, after={"kind": kind})
        return SignIn(session_id, secret, account_id, account.auth_version, account.role, account.realm)


def recognise(session_id: str, *, channel: str, address: str | None, secret: str | None = None) -> Principal | None:
    """One indexed read answers all of it: signed in, not signed out, not expired, not dismissed, in which role.

    A browser proves itself with its secret; an access token was signed by us and names the session only.
    """
    found = db.ask(_SIGN_INS, _WHO_SIGNED_IN, session_id=session_id).one_or_none()
    if found is None or found.expires_at <= clock.now() or found.disabled_at or found.auth_version != found.now_version:
        return None
    if found.kind != (BROWSER if secret is not None else TOKENS):
        return None
    if secret is not None and not secrets.compare_digest(found.secret_hash, _hash(secret)):
        return None
    role = Role(found.role)
    label = found.name if found.customer_id is None else f"customer {found.customer_id}"
    who = {"account_id": found.id, "customer_id": found.customer_id, "session_id": session_id, "name": found.name}
    return Principal(role, label, channel, **who, address=address, permissions=role_service.allowed(role, found.permissions))


def rotate(session_id: str, secret: str) -> SignIn:
    """A refresh token is good once. The second use means that somebody else has a copy, so the whole family ends."""
    fresh, now = secrets.token_urlsafe(32), clock.now()
    with unit_of_work() as session:
        used = session.affected(
            update(SignInSession)
            .where(SignInSession.id == session_id, SignInSession.kind == TOKENS, SignInSession.secret_hash == _hash(secret))
            .where(SignInSession.expires_at > now)
            .values(secret_hash=_hash(fresh), expires_at=now + TOKENS_LAST)
        )
        if used == 1:
            row = session.get_one(SignInSession, session_id)
            account = session.get_one(Account, row.account_id)
            if account.disabled_at is None and account.auth_version == row.auth_version:
                return SignIn(session_id, fresh, account.id, account.auth_version, account.role, account.realm)
        session.execute(delete(SignInSession).where(SignInSession.id == session_id))
    raise TokenRefused


def end(session_id: str, *, by: Actor) -> None:
    with unit_of_work() as session:
        if session.affected(delete(SignInSession).where(SignInSession.id == session_id)):
            audit_service.record("session.ended", f"account:{by.account_id}", by=by)


def end_of_account(account_id: int, session_id: str, *, by: Actor) -> None:
    """One of somebody's own; another's is as unknown as one that never was."""
    with unit_of_work() as session:
        one = SignInSession.id == session_id, SignInSession.account_id == account_id
        if session.affected(delete(SignInSession).where(*one)) != 1:
            raise UnknownSignIn
        audit_service.record("session.ended", f"account:{account_id}", by=by)


def of_account(account_id: int) -> list[SignInDict]:
    return [_shown(row) for row in _rows_of(account_id)]


def for_owner(account_id: int, *, here: str | None) -> list[OwnSignInDict]:
    """The newest first, and before them the one that is asking."""
    rows = _rows_of(account_id)[::-1]
    rows.sort(key=lambda row: row.id != here)
    return [{**_shown(row), "id": row.id, "here": row.id == here} for row in rows]


def _rows_of(account_id: int) -> list[SignInSession]:
    mine = SignInSession.account_id == account_id, SignInSession.expires_at > clock.now()
    return list(db.session.scalars(select(SignInSession).where(*mine).order_by(SignInSession.created_at)))


def _shown(row: SignInSession) -> SignInDict:
    return {"kind": row.kind, "beganAt": clock.wire(row.created_at), "address": row.address, "client": row.client}


def end_all(account: Account, *, keep: str | None = None) -> None:
    """Whatever was handed out so far is worthless at once, on every worker process; ``keep`` is the sign-in of whoever asked for it.

    Raising the version would do. The rows go as well, so that nothing is left to be wrong about.
    """
    with unit_of_work() as session:
        account.auth_version += 1
        session.flush()
        mine = SignInSession.account_id == account.id
        session.execute(delete(SignInSession).where(mine, SignInSession.id != (keep or "")))
        session.execute(update(SignInSession).where(mine).values(auth_version=account.auth_version))


def forget_expired() -> int:
    with unit_of_work() as session:
        return session.affected(delete(SignInSession).where(SignInSession.expires_at < clock.now()))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
