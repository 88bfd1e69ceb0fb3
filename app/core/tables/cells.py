"""What stands in one cell. Going in everything becomes text, as if somebody had typed it; what it means is a schema's to say."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# A spreadsheet takes a text that begins like this for a formula and runs it; some drop blanks or fold full-width signs first.
_RUNS = re.compile("'*(\\s*[=+\\-@＝＋－＠]|[\t\r\n])")
Cell = str | int | float | Decimal | bool | None


def runs(text: str) -> bool:
    """An apostrophe in front counts as well, so that taking one away gives back exactly what was there."""
    return _RUNS.match(text) is not None


def neutral(text: str) -> str:
    return f"'{text}" if runs(text) else text


def original(text: str) -> str:
    """What ``neutral`` was given."""
    return text[1:] if text.startswith("'") and runs(text) else text


def as_text(value: Any) -> str:
    """As somebody would type it into a form: ``yes``, ``200``, ``0.3``, ``2026-01-31``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Fifteen digits are what a spreadsheet shows of 0.1 + 0.2.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return original(str(value))
