"""Codes that people read aloud, type and scan: lower-case Crockford base32 with a check character at the end.

The check is a weighted sum over GF(32). Each place has a different weight, none zero, so every single wrong character and every
swap of two different characters changes the sum.
"""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
_VALUE = {character: value for value, character in enumerate(ALPHABET)} | {"i": 1, "l": 1, "o": 0}
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1 is primitive: the powers of x run through all 31 weights


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ _FIELD_POLYNOMIAL if value & 0b100000 else value


def _check_value(values: list[int]) -> int:
    total = 0
    for value in values:  # Horner: the first character ends with the highest power of x, the last with x^1
        total = _times_x(total ^ value)
    return total


def new_code() -> str:
    """55 random bits: at a million orders the chance that two are equal is one in 70,000, and the primary key refuses the second."""
    number = secrets.randbits(5 * (LENGTH - 1))
    values = [number >> 5 * place & 31 for place in reversed(range(LENGTH - 1))]
    return "".join(ALPHABET[value] for value in [*values, _check_value(values)])


def read_code(text: str) -> str | None:
    """The code as stored, from whatever way it was typed; None when a character must be wrong."""
    typed = text.strip().lower().replace("-", "").replace(" ", "")
    values = [_VALUE.get(character) for character in typed]
    if len(values) != LENGTH or any(value is None for value in values):
        return None
    known = [value for value in values if value is not None]
    if _check_value(known[:-1]) != known[-1]:
        return None
    return "".join(ALPHABET[value] for value in known)
