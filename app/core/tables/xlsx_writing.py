"""XLSX going out, while it is being made: no file is kept, and a million rows take no more memory than a page of them.

openpyxl writes the same, twenty times slower and only when all of it is there. Text is written as text, which no program runs; what
looks like a formula is marked so that it stays text when somebody edits the cell.
"""

import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from app.core.tables.cells import Cell, neutral, runs

MOST_ROWS = 1_000_000  # on one sheet; programs take 1,048,576
_LARGEST_SHEET = 1_500_000_000  # a part that is streamed may not reach 2 GB
_LONGEST = 32_767
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Formats of cells, by number: 0 plain, 1 a column's name, 2 text that would run.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '</borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Pipe:
    """What the zip writes, until somebody fetches it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        pass

    def fetch(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def written(header: Sequence[str], pages: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """A page at a time. Where one sheet is full another begins."""
    pipe = _Pipe()
    left, sheets = iter(pages), 0
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        full = True
        while full:
            sheets += 1
            full = yield from _sheet(archive, pipe, sheets, header, left)
        for name, text in _parts(sheets).items():
            archive.writestr(name, text)
    yield pipe.fetch()


def _sheet(
    archive: zipfile.ZipFile, pipe: _Pipe, number: int, header: Sequence[str], pages: Iterator[Iterable[Sequence[Cell]]]
) -> Generator[bytes, None, bool]:
    """Says at the end whether it is full."""
    count = size = 0
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
        names = "".join(f'<c s="1" t="inlineStr"><is><t>{escape(name)}</t></is></c>' for name in header)
        part.write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
            f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData><row>{names}</row>'.encode()
        )
        for page in pages:
            rows = [f"<row>{''.join(map(_cell, row))}</row>" for row in page]
            text = "".join(rows).encode()
            count, size = count + len(rows), size + len(text)
            part.write(text)
            yield pipe.fetch()
            if count >= MOST_ROWS or size > _LARGEST_SHEET:
                break
        part.write(b"</sheetData></worksheet>")
    return count >= MOST_ROWS or size > _LARGEST_SHEET


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{value:d}</v></c>'
    if not isinstance(value, str):
        return f"<c><v>{value}</v></c>"
    style = ""
    if runs(value):
        style, value = ' s="2"', neutral(value) if value.startswith("'") else value  # reading takes one apostrophe away
    text = escape(_UNSTORABLE.sub("", value[:_LONGEST]), {"\r": "&#13;"})
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _parts(sheets: int) -> dict[str, str]:
    """What says how the sheets belong together."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="Sheet{number}" sheetId="{number}" r:id="rId{number}"/>' for number in numbers)
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>' for number in numbers
    )
    types = "".join(f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for number in numbers)
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }
