"""API keys: made, recognised and revoked here. A key is shown once; what is kept of it opens nothing."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from app.audit import audit_service
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import scopes as known
from app.identity.errors import AboveYou, KeyRefused, ScopeAboveRole, UnknownKey
from app.identity.models import Account, ApiKey, ApiKeyDict, CustomRole
from app.identity.permissions import ALLOWED, Permission, Role, narrowed
from app.identity.principal import Principal
from app.tenancy.tenant_service import current_business

LONGEST_DAYS = 730
NOTED_EVERY = timedelta(minutes=1)
# fc_<business>_<public prefix>_<256 random bits>
_SHAPE = re.compile(r"fc_([a-z0-9-]{1,40})_([0-9a-f]{12})_[A-Za-z0-9_-]{43}", re.ASCII)


def make(name: str, scopes: Sequence[str], *, role: Role, days: int, by: Principal) -> tuple[ApiKey, str]:
    """Returns the key itself as well, to be shown this once. Somebody's own key is never good for more than they are."""
    if not known.permissions_of(scopes) <= ALLOWED[role] & by.permissions:
        raise ScopeAboveRole
    prefix, now = secrets.token_hex(6), clock.now()
    text = f"fc_{current_business().slug}_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(name=name, prefix=prefix, key_hash=_hash(text), role=role, scopes=sorted(set(scopes)), account_id=by.account_id)
    key.created_at, key.expires_at = now, now + timedelta(days=days)
    with unit_of_work() as session:
        session.add(key)
        session.flush()
        told = {"name": name, "prefix": prefix, "scopes": key.scopes, "expiresAt": clock.wire(key.expires_at)}
        audit_service.record("key.made", f"key:{key.id}", by=by, after=told)
    return key, text


def principal_of(text: str, channel: str, address: str | None) -> Principal:
    """One indexed read, by the public prefix, on every request: whatever was revoked is refused by every worker process at once.

    A key names its business, so that it is worthless at another even where somebody copied the tables.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None or shape[1] != current_business().slug:
        raise KeyRefused
    row = select(ApiKey, Account.role, Account.disabled_at, CustomRole.permissions).outerjoin(Account, Account.id == ApiKey.account_id)
    row = row.outerjoin(CustomRole, CustomRole.id == Account.custom_role_id)
    found = db.session.execute(row.where(ApiKey.prefix == shape[2])).one_or_none()
    if found is None or not secrets.compare_digest(found.ApiKey.key_hash, _hash(text)):
        raise KeyRefused
    key, now = found.ApiKey, clock.now()
    if key.expires_at <= now or found.disabled_at is not None:
        raise KeyRefused
    role = Role(found.role or key.role)
    may = known.permissions_of(key.scopes) & ALLOWED[Role(key.role)] & ALLOWED[role]
    if found.permissions is not None:
        may &= narrowed(role, found.permissions)
    principal = Principal(role, f"API key {key.name}", channel, address=address, name=key.name, permissions=may, key_id=key.id)
    _note_use(key.id, key.last_used_at, now)
    return principal


def claimed_business(text: str) -> str | None:
    """What the key says of itself. It proves nothing: ``principal_of`` does."""
    shape = _SHAPE.fullmatch(text)
    return shape[1] if shape is not None else None


def _note_use(key_id: int, last: datetime | None, now: datetime) -> None:
    """At most once a minute: a program that reads a thousand things must not write a thousand times."""
    if last is not None and now - last < NOTED_EVERY:
        return
    due = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - NOTED_EVERY)
    with unit_of_work() as session:
        used = update(ApiKey).where(ApiKey.id == key_id, due).values(last_used_at=now)
        session.execute(used.execution_options(synchronize_session=False))


def all_keys() -> list[ApiKeyDict]:
    """The newest first. Those of somebody who was switched off are shown as such: they open nothing."""
    rows = select(ApiKey, Account.name, Account.disabled_at).outerjoin(Account, Account.id == ApiKey.account_id)
    found = db.session.execute(rows.order_by(ApiKey.id.desc())).all()
    return [row.ApiKey.to_dict(owner=row.name, switched_off=row.disabled_at is not None) for row in found]


def get(key_id: int) -> ApiKeyDict:
    key = next((key for key in all_keys() if key["id"] == key_id), None)
    if key is None:
        raise UnknownKey
    return key


def revoke(key_id: int, *, by: Principal) -> str:
    """Its name, for whoever is told."""
    with unit_of_work() as session:
        key = session.get(ApiKey, key_id)
        if key is None:
            raise UnknownKey
        if key.role == Role.ADMIN and by.role != Role.ADMIN:
            raise AboveYou
        session.delete(key)
        audit_service.record("key.revoked", f"key:{key_id}", by=by, before={"name": key.name, "prefix": key.prefix})
        return key.name


def find_by_prefix(prefix: str) -> int:
    key_id = db.session.scalar(select(ApiKey.id).where(ApiKey.prefix == prefix))
    if key_id is None:
        raise UnknownKey
    return key_id


def scopes_within(permissions: frozenset[Permission]) -> tuple[str, ...]:
    return known.all_of(permissions)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
