"""Rows by the names in the first row, whatever the file: what it is shows in its first bytes, never in its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from app.core.tables import csv_files, xlsx_reading
from app.core.tables.cells import as_text
from app.core.tables.errors import TooManyRows, UnreadableTable, WrongColumns
from app.core.words import say

MOST_ROWS = 20_000
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Columns:
    known: tuple[str, ...]
    needed: tuple[str, ...]
    ignored: tuple[str, ...] = ()  # what our own exports have and nobody can bring in


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # as the spreadsheet shows it
    cells: dict[str, str]
    stray: bool  # something stands under no name: most often a comma too many


def read(file: IO[bytes], columns: Columns) -> Iterator[Row]:
    """Rows with nothing in them are passed over."""
    # Of empty rows there may be a million, so they are told by what costs least.
    numbered = ((number, [as_text(value) for value in row]) for number, row in enumerate(_values(file), 1) if row.count(None) < len(row))
    filled = ((number, cells) for number, cells in numbered if any(cell.strip() for cell in cells))
    first = next(filled, None)
    if first is None:
        raise UnreadableTable(say("The file is empty."))
    names = _names(first[1], columns)
    for number, cells in islice(filled, MOST_ROWS):
        yield _row(number, names, cells, columns)
    if next(filled, None) is not None:
        raise TooManyRows(say("More than %(most)s rows. Split the file and bring in one part after the other.", most=MOST_ROWS))


def _values(file: IO[bytes]) -> Iterator[Any]:
    file.seek(0)
    start = file.read(4)
    if start == _OLD_EXCEL:
        raise UnreadableTable(say("This is an old (XLS) or encrypted Excel file. Save it as XLSX without a password, or as CSV."))
    return xlsx_reading.rows(file) if start == _ZIP else csv_files.rows(file)


def _names(cells: list[str], columns: Columns) -> list[str | None]:
    """Each cell's column. Case, spaces, hyphens and underscores do not matter: ``E-mail`` is ``email``."""
    wanted = {_plain(name): name for name in (*columns.known, *columns.ignored)}
    names = [wanted.get(_plain(cell)) if cell.strip() else None for cell in cells]
    unknown = [cell.strip()[:_SHOWN] for cell, name in zip(cells, names, strict=True) if cell.strip() and name is None]
    missing = [name for name in columns.needed if name not in names]
    twice = sorted({name for name in names if name is not None and names.count(name) > 1})
    known = ", ".join(columns.known)
    if missing:
        raise WrongColumns(say("Missing columns: %(names)s. Known are: %(known)s.", names=", ".join(missing), known=known))
    if unknown:
        raise WrongColumns(say("Unknown columns: %(names)s. Known are: %(known)s.", names=", ".join(unknown[:20]), known=known))
    if twice:
        raise WrongColumns(say("These columns are there more than once: %(names)s.", names=", ".join(twice)))
    return names


def _row(number: int, names: list[str | None], cells: list[str], columns: Columns) -> Row:
    named = dict(zip(names, cells, strict=False))
    stray = any(cell.strip() for name, cell in zip(names, cells, strict=False) if name is None)
    stray = stray or any(cell.strip() for cell in cells[len(names) :])
    return Row(number, {name: named[name] for name in columns.known if named.get(name, "").strip()}, stray)


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()
