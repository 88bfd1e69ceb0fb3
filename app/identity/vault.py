"""Seals what has to be read again and must not lie open in the database, with a key that is not in it."""

import base64
import hashlib
import hmac
from collections.abc import Iterable


class Vault:
    """``secrets``: the newest first; what an older one sealed can still be opened. ``purpose`` keeps what is sealed for one thing, or one
    business, from being good for another."""

    def __init__(self, secrets: Iterable[str], purpose: str):
        from cryptography.fernet import Fernet, MultiFernet  # loaded for those who use it: it is large

        derived = (hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256) for secret in secrets)
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, *, lasts: int | None = None) -> str | None:
        """None for what was not sealed here, or more than ``lasts`` seconds ago."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed.encode(), ttl=lasts).decode()
        except InvalidToken:
            return None
