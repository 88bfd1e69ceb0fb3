"""The second factor: codes from an authenticator app (RFC 6238), and ten recovery codes for when the phone is gone.

What is kept of the secret is sealed; what is kept of a recovery code is its hash. Each code is good once.
"""

import base64
import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, func, select, update

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import session_service
from app.identity.errors import CodeRefused, SecondFactorIsOn, SecondFactorNotBegun
from app.identity.models import Account, RecoveryCode, SecondFactor
from app.identity.vault import Vault

STEP_SECONDS = 30
RECOVERY_CODES = 10
FIRST_STEP_LASTS = 300  # from the right password to the code


def is_on(account_id: int) -> bool:
    return since(account_id) is not None


def since(account_id: int) -> datetime | None:
    return db.session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.account_id == account_id))


def begin(account_id: int, *, vault: Vault) -> None:
    """A secret that counts for nothing until a code made from it was typed in."""
    import pyotp

    sealed = vault.seal(pyotp.random_base32())
    with unit_of_work() as session:
        if is_on(account_id):
            raise SecondFactorIsOn
        session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
        session.add(SecondFactor(account_id=account_id, sealed_secret=sealed, created_at=clock.now(), last_step=0))


def secret_to_confirm(account_id: int, *, vault: Vault) -> str | None:
    """Shown until it is confirmed, and never again."""
    waiting = SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_(None)
    sealed = db.session.scalar(select(SecondFactor.sealed_secret).where(*waiting))
    return vault.open(sealed) if sealed is not None else None


def address_of(secret: str, login: str, *, issuer: str) -> str:
    """What the QR code says to an authenticator app."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def confirm(account_id: int, code: str, *, vault: Vault, keep: str | None, by: Actor) -> list[str]:
    """From here on it is asked for. Whoever signed in without it is out; the recovery codes are returned this once."""
    secret = secret_to_confirm(account_id, vault=vault)
    if secret is None:
        raise SecondFactorNotBegun
    step = _step_of(secret, _plain(code))
    if step is None:
        raise CodeRefused(fields={"otp": [CodeRefused.sentence]})
    codes = [_grouped(base64.b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(RECOVERY_CODES)]
    with unit_of_work() as session:
        waiting = SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_(None)
        if session.affected(update(SecondFactor).where(*waiting).values(confirmed_at=clock.now(), last_step=step)) != 1:
            raise SecondFactorIsOn
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        session.add_all(RecoveryCode(account_id=account_id, code_hash=_hash(account_id, _plain(one))) for one in codes)
        session_service.end_all(session.get_one(Account, account_id), keep=keep)
        audit_service.record("second_factor.on", f"account:{account_id}", by=by)
    return codes


def is_from_the_app(code: str) -> bool:
    """Six digits, rather than a recovery code."""
    plain = _plain(code)
    return len(plain) == 6 and plain.isascii() and plain.isdigit()


def accepts(account_id: int, code: str, *, vault: Vault, by: Actor) -> bool:
    """Of any number who send the same code at once, one is let in: the update, or the deletion, meets its row only once."""
    if not is_from_the_app(code):
        return _use_recovery_code(account_id, _plain(code), by=by)
    mine = SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None)
    sealed = db.session.scalar(select(SecondFactor.sealed_secret).where(*mine))
    secret = vault.open(sealed) if sealed is not None else None
    step = _step_of(secret, _plain(code)) if secret is not None else None
    if step is None:
        return False
    with unit_of_work() as session:
        unused = *mine, SecondFactor.sealed_secret == sealed, SecondFactor.last_step < step
        return session.affected(update(SecondFactor).where(*unused).values(last_step=step)) == 1


def recovery_codes_left(account_id: int) -> int:
    return db.session.scalars(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)).one()


def switch_off(account_id: int, *, by: Actor, action: str = "second_factor.off") -> None:
    """Whoever calls this has made sure of the person, or is somebody else who may (``staff_service.reset_second_factor``)."""
    with unit_of_work() as session:
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        if session.affected(delete(SecondFactor).where(SecondFactor.account_id == account_id)):
            audit_service.record(action, f"account:{account_id}", by=by)


def ticket_for(account: Account, *, vault: Vault) -> str:
    """What a browser holds between the password and the code."""
    return vault.seal(f"{account.id}.{account.auth_version}")


def account_of_ticket(ticket: str, *, vault: Vault) -> int | None:
    """None when it took too long, or the password, the role or the person changed meanwhile."""
    account_id, _, auth_version = (vault.open(ticket, lasts=FIRST_STEP_LASTS) or "").partition(".")
    if not auth_version:
        return None
    same = Account.id == int(account_id), Account.auth_version == int(auth_version), Account.disabled_at.is_(None)
    return db.session.scalar(select(Account.id).where(*same))


def _use_recovery_code(account_id: int, plain: str, *, by: Actor) -> bool:
    with unit_of_work() as session:
        mine = RecoveryCode.account_id == account_id, RecoveryCode.code_hash == _hash(account_id, plain)
        if session.affected(delete(RecoveryCode).where(*mine)) != 1:
            return False
        audit_service.record("second_factor.recovery_code_used", f"account:{account_id}", by=by)
    return True


def _step_of(secret: str, code: str) -> int | None:
    """Which half minute the code is of: this one, the last or the next, because clocks differ."""
    import pyotp

    totp, now = pyotp.TOTP(secret, interval=STEP_SECONDS), int(clock.now().timestamp()) // STEP_SECONDS
    fits = [step for step in (now - 1, now, now + 1) if secrets.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    return fits[-1] if fits else None


def _plain(code: str) -> str:
    return "".join(code.replace("-", " ").split()).lower()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _hash(account_id: int, plain: str) -> str:
    return hashlib.sha256(f"{account_id}:{plain}".encode()).hexdigest()
