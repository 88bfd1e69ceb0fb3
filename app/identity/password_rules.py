"""What makes a password acceptable (ASVS 6.2): length and not being guessable. No rules about digits and capitals.

Of the passwords that everybody uses hardly one has twelve characters; those that do are made of the short ones, of runs over the
keyboard, and of years. So a list of whole passwords would miss what this finds: whatever is left without such parts must still
be something to guess.
"""

import re
import unicodedata
from functools import cache

from app.core.words import say
from app.identity.errors import WeakPassword

SHORTEST, LONGEST = 12, 128
SHORTEST_OF_STAFF = 15  # they see everybody's data, and sign in with nothing else
LEFT_OVER = 6
# What guessers try first: the words most passwords are made of, and those of this trade. The person's own names come on top.
_GUESSED = frozenset(
    """
    password passwort passw0rd p4ssword p@ssw0rd passphrase defaultpass default secret geheim letmein welcome willkommen changeme
    admin administrator root superuser test testing guest login master access trustno1 whatever
    iloveyou ilovey0u loveyou lovely princess sunshine flower butterfly angel angels babygirl sweetheart chocolate
    monkey dragon tiger eagle shadow killer pokemon naruto batman superman spiderman starwars matrix phoenix
    football baseball basketball soccer cricket hockey liverpool chelsea arsenal barcelona cowboys yankees
    michael jordan jessica ashley daniel charlie andrew thomas george jennifer michelle nicole robert anthony
    computer internet samsung google facebook windows mustang ferrari porsche corvette mercedes
    summer winter spring autumn monday friday january december india bharat mumbai delhi krishna ganesh sairam jaihind
    abc123 abcd1234 asdf1234 qwe123 qwer1234 1qaz2wsx zaq12wsx 1q2w3e4r5t6y 1q2w3e4r 1q2w3e q1w2e3r4 a1b2c3d4 qazwsx
    fabclean laundry cleaning cleaners drycleaning ironing
    """.split()  # noqa: SIM905  (read as a text, it can be reviewed)
)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "01234567890", "abcdefghijklmnopqrstuvwxyz")
_SHORTEST_RUN = 4
_YEAR = re.compile(r"(19|20)\d\d")
_REPEATED = re.compile(r"(.+?)\1+")


def normalise(password: str) -> str:
    """The same characters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, personal: tuple[str, ...] = (), shortest: int = SHORTEST) -> None:
    text = normalise(password)
    if len(text) < shortest:
        raise _weak(say("Use at least %(count)s characters; a few unrelated words are easy to remember.", count=shortest))
    if len(text) > LONGEST:
        raise _weak(say("Use at most %(count)s characters.", count=LONGEST))
    if len(set(text)) < 5:
        raise _weak(say("Use more than a few different characters."))
    if len(_unguessed(text.lower(), personal)) < LEFT_OVER:
        raise _weak(say("This one is easy to guess: leave out your name, words that many use, and runs such as 1234."))


def _unguessed(text: str, personal: tuple[str, ...]) -> str:
    """What is left without the parts that guessers have, each repetition counted once, and without spaces."""
    own = {part.lower() for part in personal if len(part) > 3}
    for word in sorted(_GUESSED | own, key=len, reverse=True):
        text = text.replace(word, " ")
    text = _runs().sub(" ", _YEAR.sub(" ", text))
    return _REPEATED.sub(r"\1", text).replace(" ", "")


@cache
def _runs() -> re.Pattern[str]:
    """Runs over a row of keys, in either direction, the longest first."""
    rows = {row for known in _ROWS for row in (known, known[::-1])}
    runs = {row[start:end] for row in rows for start in range(len(row)) for end in range(start + _SHORTEST_RUN, len(row) + 1)}
    return re.compile("|".join(sorted(runs, key=len, reverse=True)))


def _weak(sentence: str) -> WeakPassword:
    return WeakPassword(sentence, fields={"password": [sentence]})
