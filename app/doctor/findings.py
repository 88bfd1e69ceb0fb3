"""What a look at one thing found."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict


class Level(StrEnum):
    FINE = "fine"
    NOTE = "note"  # worth knowing; it works
    MEND = "mend"


class FindingDict(TypedDict):
    about: str
    level: str
    says: str
    how: str


@dataclass(frozen=True)
class Finding:
    about: str
    level: Level
    says: str
    how: str = ""

    def to_dict(self) -> FindingDict:
        return {"about": self.about, "level": str(self.level), "says": self.says, "how": self.how}


def fine(about: str, says: str) -> Finding:
    return Finding(about, Level.FINE, says)


def note(about: str, says: str, how: str = "") -> Finding:
    return Finding(about, Level.NOTE, says, how)


def mend(about: str, says: str, how: str) -> Finding:
    return Finding(about, Level.MEND, says, how)
