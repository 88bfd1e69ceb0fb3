"""CSV: comma, semicolon or tab; UTF-8, what Excel calls "Unicode text", or the Windows code page of old exports."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from app.core.tables.cells import Cell, neutral
from app.core.tables.errors import UnreadableTable
from app.core.words import say

_CHUNK = 64 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SEPARATORS = ",;\t"


def rows(file: IO[bytes]) -> Iterator[list[str]]:
    """A generator: what is wrong further down is found there. Each list is one row of the spreadsheet, however many lines it has."""
    text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
    try:
        yield from csv.reader(_without_nul(text), delimiter=_separator(text), strict=True)
    except (csv.Error, UnicodeError) as failure:
        raise UnreadableTable(
            say("This file cannot be read as a table: %(why)s. Save it as CSV (UTF-8) or XLSX.", why=failure)
        ) from failure
    finally:
        if not text.closed:
            text.detach()  # the file is its owner's to close


def written(header: Sequence[str], pages: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """A page at a time. The mark in front tells spreadsheet programs that this is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow(header)
    for page in pages:
        writer.writerows([_safe(cell) for cell in row] for row in page)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def _safe(cell: Cell) -> Cell:
    """Numbers stay numbers, negative ones too: only text can be run."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return neutral(cell) if isinstance(cell, str) else cell


def _encoding(file: IO[bytes]) -> str:
    file.seek(0)
    start = file.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            file.seek(0)
            return name
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                raise UnreadableTable
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8"


def _separator(text: io.TextIOWrapper) -> str:
    """What separates the names in the first line. A name has none of these in it."""
    first = text.readline(_CHUNK)
    text.seek(0)
    return max(_SEPARATORS, key=first.count)


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise UnreadableTable
        yield line
