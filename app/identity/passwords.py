"""Hashing with argon2id. Costly on purpose, so at most two at a time: sign-ins must not starve everybody else."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.identity import password_rules

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_two_at_a_time = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    with _two_at_a_time:
        return _hasher.hash(password_rules.normalise(password))


def matches(password: str, hashed: str | None) -> bool:
    """Takes as long without a hash as with one, so that the time does not tell whether the account exists."""
    with _two_at_a_time:
        try:
            return _hasher.verify(hashed or _of_nobody(), password_rules.normalise(password)) and hashed is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def is_outdated(hashed: str) -> bool:
    return _hasher.check_needs_rehash(hashed)


@cache
def _of_nobody() -> str:
    return _hasher.hash("the password of an account that does not exist")
