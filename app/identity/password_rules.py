"""What makes a password acceptable (ASVS 6.2): length and not being guessable. No rules about digits and capitals."""

import unicodedata

from app.identity.errors import WeakPassword

SHORTEST, LONGEST = 12, 128
# Words that guessers try first in this trade; the product's and the person's own names are added by the caller.
_GUESSED = (
    "password",
    "passwort",
    "defaultpass",
    "fabclean",
    "laundry",
    "cleaning",
    "qwerty",
    "asdfgh",
    "123456",
    "abcdef",
    "admin",
    "letmein",
)


def normalise(password: str) -> str:
    """The same characters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, personal: tuple[str, ...] = ()) -> None:
    text = normalise(password)
    if len(text) < SHORTEST:
        raise _weak(f"Use at least {SHORTEST} characters; a few unrelated words are easy to remember.")
    if len(text) > LONGEST:
        raise _weak(f"Use at most {LONGEST} characters.")
    if len(set(text)) < 5:
        raise _weak("Use more than a few different characters.")
    rest = text.lower()
    for word in sorted({*_GUESSED, *(part.lower() for part in personal if len(part) > 3)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < 6:
        raise _weak("This one is easy to guess: leave out your name and words from this trade.")


def _weak(sentence: str) -> WeakPassword:
    return WeakPassword(sentence, fields={"password": [sentence]})
