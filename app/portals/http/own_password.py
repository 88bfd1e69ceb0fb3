"""What one needs the password of one's own account for. Tries are counted: whoever found somebody else's browser open must not guess on."""

from collections.abc import Mapping

from app.identity import account_service
from app.portals.http import limits
from app.portals.http.guard import who

_GUESSES = "10 per 5 minutes"


def confirm(password: str) -> None:
    _count_a_guess()
    account_service.check_password_of(who().account_id or 0, password)


def change(data: Mapping[str, str]) -> None:
    """``data``: what ``PasswordChange`` reads. Every other sign-in of the account ends."""
    _count_a_guess()
    mine = who()
    account_service.change_password(mine.account_id or 0, data["currentPassword"], data["password"], keep=mine.session_id, by=mine)


def _count_a_guess() -> None:
    limits.spend(_GUESSES, "own-password", str(who().account_id))
