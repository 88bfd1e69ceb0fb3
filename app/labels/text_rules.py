"""What becomes of a text before it is set: made harmless, made legible with the fonts at hand, put into the order it is read in."""

import re
import unicodedata
from collections.abc import Callable

LONGEST = 200  # characters of one text; no label has room for more
BOX = "□"  # stands, visibly, for what no font can show
_JOINERS = "\u200c\u200d"
_MOST_MARKS = 4  # on one letter; more would be drawn over the lines above
_SPOKEN = re.compile(r"(LETTER|SYLLABLE|VOWEL SIGN) (?:.* )?([A-Z]{1,4})$")


def clean(text: str) -> str:
    """One line without control, direction or invisible characters."""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: 4 * LONGEST]):
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
            continue
        marks = marks + 1 if category[0] == "M" else 0
        invisible = category == "Cf" and character not in _JOINERS
        if not invisible and marks <= _MOST_MARKS and not "\ufe00" <= character <= "\ufe0f":
            kept.append(character)
    return " ".join("".join(kept).split())[:LONGEST]


def legible(text: str, covered: Callable[[str], bool]) -> str:
    """What no font covers is spelt in Latin letters behind a box, or is a box: never nothing."""
    parts: list[str] = []
    missing = ""
    for character in text:
        if covered(character) or character in _JOINERS:
            parts += [_spelt(missing, covered), character]
            missing = ""
        else:
            missing += character
    return "".join([*parts, _spelt(missing, covered)])


def _spelt(missing: str, covered: Callable[[str], bool]) -> str:
    if not missing:
        return ""
    plainer = unicodedata.normalize("NFKD", missing)
    if all(map(covered, plainer)):
        return plainer  # letters in fancy dress: full-width, bold, script
    spoken = _spoken(missing)
    boxes = sum(unicodedata.category(character)[0] != "M" for character in missing)
    return BOX + spoken if spoken else BOX * max(boxes, 1)


def _spoken(letters: str) -> str:
    """Roughly how it sounds, from the names Unicode gives the letters: KANNADA LETTER KA, TAMIL VOWEL SIGN II, ARMENIAN LETTER HO."""
    sounds: list[str] = []
    for letter in letters:
        match = _SPOKEN.search(unicodedata.name(letter, ""))
        silences = unicodedata.combining(letter) == 9  # a virama takes away the vowel its consonant carries
        if sounds and (silences or (match and match[1] == "VOWEL SIGN")):
            sounds[-1] = sounds[-1].removesuffix("a")
        if match:
            # Syllabaries are named by sound. In an alphabet the first letter of a letter's name is its sound: HO, AYB, YECH.
            alphabet = unicodedata.category(letter) in ("Lu", "Ll")
            sounds.append(match[2][0].lower() if alphabet else match[2].lower())
    return "".join(sounds)


def in_visual_order(text: str) -> list[tuple[str, bool]]:
    """Runs of one direction from left to right, each with whether it is read from right to left (Unicode's annex 9 for one line)."""
    kinds = "".join(_KIND.get(unicodedata.bidirectional(character), "o") for character in text)
    strong = re.search("[LRA]", kinds)
    base = "L" if strong is None or strong[0] == "L" else "R"
    kinds = _without_neutrals(_without_weak(kinds, base), base)
    levels = _LEVELS[base]
    runs = [(levels[match[0][0]], text[slice(*match.span())]) for match in re.finditer(r"(.)\1*", kinds)]
    for lowest in (2, 1):
        runs = _reversed_from(runs, lowest)
    return [(run, level == 1) for level, run in runs]


# L and R: letters. A: Arabic letters. E and N: European and Arabic numbers. s, c, t: what stands in and around numbers. m: marks.
_KIND = {"L": "L", "R": "R", "AL": "A", "EN": "E", "AN": "N", "ES": "s", "CS": "c", "ET": "t", "NSM": "m", "BN": "m"}
_LEVELS = {"L": {"L": 0, "R": 1, "E": 2, "N": 2}, "R": {"L": 2, "R": 1, "E": 2, "N": 2}}


def _without_weak(kinds: str, base: str) -> str:
    """The annex's rules W1 to W7: marks, numbers and what belongs to numbers follow what they stand beside."""
    kinds = base + kinds  # the line's own direction counts as what stands before it
    kinds = re.sub(r"([^m])m+", lambda match: match[1] * len(match[0]), kinds)
    kinds = re.sub(r"A[^LRA]*", lambda match: match[0].replace("E", "N"), kinds).replace("A", "R")
    kinds = re.sub(r"(?<=E)[sc](?=E)", "E", kinds)
    kinds = re.sub(r"(?<=N)c(?=N)", "N", kinds)
    kinds = re.sub(r"t+(?=E)|(?<=E)t+", lambda match: "E" * len(match[0]), kinds)
    kinds = re.sub(r"[sct]", "o", kinds)
    return re.sub(r"L[^LR]*", lambda match: match[0].replace("E", "L"), kinds)[1:]


def _without_neutrals(kinds: str, base: str) -> str:
    """Rules N1 and N2: spaces and signs follow their neighbours where these agree, else the line. Numbers count as R."""

    def settle(match: re.Match[str]) -> str:
        before, after = kinds[: match.start()][-1:] or base, kinds[match.end() :][:1] or base
        sides = {"L" if side == "L" else "R" for side in (before, after)}
        return (sides.pop() if len(sides) == 1 else base) * len(match[0])

    return re.sub("o+", settle, kinds)


def _reversed_from(runs: list[tuple[int, str]], lowest: int) -> list[tuple[int, str]]:
    """Every stretch of runs at this level or above, turned round."""
    ordered: list[tuple[int, str]] = []
    block: list[tuple[int, str]] = []
    for run in [*runs, (0, "")]:
        if run[0] >= lowest:
            block.insert(0, run)
        else:
            ordered += [*block, run]
            block = []
    return ordered[:-1]
