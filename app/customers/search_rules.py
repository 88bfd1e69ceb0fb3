"""What a customer is found by, and what somebody meant who looks for one: words, and the beginnings of words.

A phone number is there from each of its digits on, so that any digits of it in a row find it: the last four, or all but the country's.
"""

import re
import unicodedata

LONGEST = 64
SHORTEST_ENDING = 4  # digits
# Not \W: the vowel signs of many scripts would part words.
_JOINTS = re.compile(r"[\s,;:/\\|&+_.@()\[\]{}\"“”„«»<>*#–—-]+")
_SILENT = re.compile("['’‘`´\u0300-\u036f]")
_PHONE = re.compile(r"[+0-9 ()./-]{3,32}")


def words(name: str | None, email: str | None, phone: str | None) -> set[str]:
    found = set(_parts(name or ""))
    if email:
        whole = _plain(email.strip())
        found |= {whole[:LONGEST], whole[whole.find("@") :][:LONGEST], *_parts(whole.partition("@")[0])}
    if phone and (digits := re.sub(r"\D", "", phone)):
        found |= {digits[start:] for start in range(max(1, len(digits) - SHORTEST_ENDING + 1))}
    return found


def meant(typed: str) -> list[tuple[str, ...]]:
    """Each is to begin a word of whoever is found; of several that stand together one is enough."""
    if _PHONE.fullmatch(typed) and (digits := re.sub(r"\D", "", typed)):
        # At home a number begins with a nought, which it loses behind the country's.
        return [tuple({digits, digits.lstrip("0") or digits})]
    spoken = _plain(typed).split()
    parts = [part for word in spoken for part in ([word[:LONGEST]] if "@" in word else _parts(word))]
    return [(part,) for part in parts]


def _parts(text: str) -> list[str]:
    return [part[:LONGEST] for part in _JOINTS.split(_plain(text)) if part]


def _plain(text: str) -> str:
    """However it was written: René, RENE and rene are one."""
    return _SILENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
