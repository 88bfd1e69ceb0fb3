"""XLSX coming in. It is a zip of XML, so it is looked at before it is opened: how large it gets, and whether it brings a DOCTYPE."""

import warnings
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from app.core.tables.errors import UnreadableTable
from app.core.words import say

LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 500
MOST_TAGS = 1_000_000  # 20,000 customers have about 700,000
MOST_COLUMNS = 100
LAST_ROW = 1_048_576  # of any spreadsheet; a row that says to be a later one would be padded up to there
_CHUNK = 256 * 1024


class NotASpreadsheet(Exception):
    pass


def rows(file: IO[bytes]) -> Iterator[tuple[Any, ...]]:
    """The first sheet's values; of a formula what it came to when the file was saved."""
    try:
        _look_over(file)
        yield from _rows(file)
    except UnreadableTable:
        raise
    except Exception as failure:  # openpyxl has no error of its own for a file that is wrong: each part fails in its own way
        raise UnreadableTable from failure


def _rows(file: IO[bytes]) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook  # takes longer to import than most requests take

    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        # What the sheet claims to measure is not believed: it may be a billion empty cells.
        yield from workbook.worksheets[0].iter_rows(min_row=1, max_row=LAST_ROW, min_col=1, max_col=MOST_COLUMNS, values_only=True)
    finally:
        workbook.close()


def _look_over(file: IO[bytes]) -> None:
    """zipfile never unpacks more of a part than its directory says, so the sum of that holds whatever lies inside."""
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            size = LARGEST_UNPACKED // 1024**2
            raise UnreadableTable(say("Unpacked, this file is larger than %(size)s MB. Send it in parts, or as CSV.", size=size))
        left = MOST_TAGS
        for part in parts:
            with archive.open(part) as content:
                left -= _tags_in(content)
            if left < 0:
                raise UnreadableTable(say("This file has more cells than can be read at once. Send it in parts, or as CSV."))
    file.seek(0)


def _tags_in(content: IO[bytes]) -> int:
    """How many there are: each takes a third of a kilobyte once it is parsed, however little it says. And no DOCTYPE: no spreadsheet
    program writes one; it is where entities are made that unfold into gigabytes. (In UTF-16 it has NUL bytes.)"""
    end, count = b"", 0
    while chunk := content.read(_CHUNK):
        if b"<!DOCTYPE" in end + chunk or b"<\0!\0D\0" in end + chunk or b"\0<\0!\0D" in end + chunk:
            raise NotASpreadsheet("a DOCTYPE")
        count, end = count + chunk.count(b"<"), chunk[-16:]
    return count
