"""A password set by a link that was mailed: after it was forgotten, or for the first time."""

from app.audit import audit_service
from app.core.actor import Actor
from app.core.unit_of_work import stop_reading, unit_of_work
from app.extensions import db
from app.identity import account_service, link_service, password_rules, session_service
from app.identity.errors import LinkRefused
from app.identity.models import STAFF_REALM, Account


def set_password(purpose: str, token: str, password: str, *, by: Actor) -> str:
    """Whoever else held the old password is out: every sign-in ends. Returns the realm, where the person can sign in now."""
    account_id = link_service.look_at(purpose, token).account_id or 0
    account = _usable(account_id)
    words, realm = account_service.personal_words(account), account.realm
    stop_reading()
    fresh = account_service.hash_new_password(password, personal=words, staff=realm == STAFF_REALM)
    with unit_of_work():
        link_service.use(purpose, token)
        account = _usable(account_id)
        account.password_hash = fresh
        session_service.end_all(account)
        link_service.forget(account_id=account_id)
        audit_service.record(f"account.password_set_by_{purpose}", f"account:{account_id}", by=by)
    return realm


def shortest_for(purpose: str, token: str) -> int:
    """How long the password has to be that is chosen with this link; of staff more is asked."""
    try:
        account = _usable(link_service.look_at(purpose, token).account_id or 0)
    except LinkRefused:  # a claim has no account yet; of a worthless link nobody is told more
        return password_rules.SHORTEST
    return password_rules.SHORTEST_OF_STAFF if account.realm == STAFF_REALM else password_rules.SHORTEST


def _usable(account_id: int) -> Account:
    account = db.session.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        raise LinkRefused
    return account
