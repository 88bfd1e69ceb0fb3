"""Tables in and out, without a business around them: what is understood, what is refused and with which words, what is never run."""

import codecs
import csv
import io
import struct
import time
import zipfile
from datetime import date

import openpyxl
import pytest

from app.core.errors import Invalid
from app.core.tables import csv_files, reading, xlsx_reading, xlsx_writing
from app.core.tables.cells import as_text, neutral, original, runs
from app.core.tables.errors import TooManyRows, UnreadableTable, WrongColumns
from app.core.tables.reading import Columns

COLUMNS = Columns(("name", "email", "notes"), ("name",), ("createdAt",))
HEADER = ("name", "email", "notes")
DANGEROUS = [
    "=1+1",
    "+1415",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "'=1",
    "''=1",
    "=cmd|' /C calc'!A0",
]
HARMLESS = ["Jane", "a=b", "'quoted'", "5-1", "", "O'Neil", "'", "@"[:0]]


def read(content: bytes, columns: Columns = COLUMNS):
    return [(row.number, row.cells) for row in reading.read(io.BytesIO(content), columns)]


def sheet(*rows, change=None) -> bytes:
    """As a spreadsheet program saves it."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    if change is not None:
        change(book)
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, **parts: bytes | None) -> bytes:
    """The same spreadsheet with some of its parts replaced, or (``None``) left out."""
    out, named = io.BytesIO(), {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml", "types": "[Content_Types].xml"}
    replaced = {named[name]: part for name, part in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if (text := replaced.get(part, old.read(part))) is not None:
                new.writestr(part, text)
    return out.getvalue()


def of_sheet(data: str, before: str = "") -> bytes:
    text = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{before}<sheetData>{data}</sheetData></worksheet>'
    return repacked(sheet(HEADER), sheet=text.encode())


def inline(cell: str, text: str) -> str:
    return f'<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_run_is_neutral_and_comes_back(text):
    assert runs(text)
    assert neutral(text) == f"'{text}"
    assert original(neutral(text)) == text


def test_everything_else_is_left_alone():
    assert [neutral(text) for text in HARMLESS] == HARMLESS
    assert [original(text) for text in HARMLESS] == HARMLESS


def test_cells_become_what_somebody_would_type():
    values = [None, True, False, 5550100.0, 0.1 + 0.2, 200, 12.5, date(2026, 1, 31), "'+1415", 1e20]
    assert [as_text(value) for value in values] == ["", "yes", "no", "5550100", "0.3", "200", "12.5", "2026-01-31", "+1415", "1e+20"]


@pytest.mark.parametrize("write", [csv_files.written, xlsx_writing.written])
def test_what_was_written_reads_back_the_same(write):
    cells = [text for text in (*DANGEROUS, *HARMLESS, 'say "hi", twice;\tor not', "two\nlines", "नमस्ते", "x" * 2000) if text.strip()]
    content = b"".join(write(HEADER, [[(text, None, "") for text in cells[:7]], [(text, "a@b.example", text) for text in cells[7:]]]))
    rows = read(content)
    assert [row["name"] for _, row in rows] == cells
    assert [number for number, _ in rows] == list(range(2, len(cells) + 2))
    assert rows[-1][1] == {"name": cells[-1], "email": "a@b.example", "notes": cells[-1]}


def test_csv_never_begins_a_cell_with_what_is_run_and_keeps_numbers():
    content = b"".join(csv_files.written(["a", "b", "c"], [[(danger, -5, -1.5) for danger in DANGEROUS]]))
    _, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert rows == [[f"'{danger}", "-5", "-1.5"] for danger in DANGEROUS]


def test_xlsx_writes_text_as_text_and_fills_one_sheet_after_the_other(monkeypatch):
    monkeypatch.setattr(xlsx_writing, "MOST_ROWS", 20)
    pages = ([[danger, -5, True] for danger in DANGEROUS] for _ in range(3))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_writing.written(["a", "b", "c"], pages))))
    assert book.sheetnames == ["Sheet1", "Sheet2"]
    assert [sheet.max_row for sheet in book] == [31, 16]
    for cells in book["Sheet1"].iter_rows(min_row=2):
        assert [cell.data_type for cell in cells] == ["s", "n", "b"]
        assert (cells[0].quotePrefix, cells[0].number_format) == (True, "@")
    assert book["Sheet1"]["A2"].value == "=1+1"


def test_an_empty_table_is_a_table():
    for write in (csv_files.written, xlsx_writing.written):
        assert read(b"".join(write(HEADER, [[]]))) == []


@pytest.mark.parametrize(
    "encoded",
    [
        "name,email\nJosé,j@x.example\n".encode(),
        "name,email\r\nJosé,j@x.example\r\n".encode("utf-8-sig"),
        "name;email\nJosé;j@x.example\n".encode("cp1252"),
        codecs.BOM_UTF16_LE + "name\temail\nJosé\tj@x.example\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "name\temail\r\nJosé\tj@x.example".encode("utf-16-be"),
        'E-Mail , "N a m e"\nj@x.example,José\n'.replace(' , "', ',"').encode(),
        sheet(("NAME", "e_mail"), ("José", "j@x.example")),
        sheet(("name", "email", None, None), ("José", "j@x.example", None, None)),
    ],
    ids=["utf-8", "utf-8 with mark", "cp1252", "utf-16-le", "utf-16-be", "names as people write them", "xlsx", "xlsx with empty columns"],
)
def test_reads_what_programs_save(encoded):
    assert read(encoded) == [(2, {"name": "José", "email": "j@x.example"})]


def test_rows_have_the_numbers_that_the_spreadsheet_shows():
    text = 'name,notes\n\nA,"two\nlines"\n , \nB,\n'
    assert read(text.encode()) == [(3, {"name": "A", "notes": "two\nlines"}), (5, {"name": "B"})]
    content = of_sheet(f'<row r="3">{inline("A3", "name")}</row><row r="7">{inline("A7", "A")}</row>')
    assert read(content) == [(7, {"name": "A"})]


def test_of_a_formula_its_value_is_read():
    cell = '<c r="A2" t="str"><f>CONCATENATE("Ja","ne")</f><v>Jane</v></c><c r="B2"><f>WEBSERVICE("http://x.example")</f></c>'
    content = of_sheet(f'<row r="1">{inline("A1", "name")}{inline("B1", "notes")}</row><row r="2">{cell}</row>')
    assert read(content) == [(2, {"name": "Jane"})]


def test_a_value_under_no_name_is_noticed():
    rows = list(reading.read(io.BytesIO(b"name,email,\nA,a@b.example\nB,,x\nC,,,y\n"), COLUMNS))
    assert [row.stray for row in rows] == [False, True, True]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"email\n", "Missing columns: name. Known are: name, email, notes."),
        (b"name,Fax,Titel\n", "Unknown columns: Fax, Titel."),
        (b"name,e-mail,EMAIL\n", "These columns are there more than once: email."),
        (sheet(("name", "x" * 500)), f"Unknown columns: {'x' * 40}. Known"),
    ],
)
def test_says_what_is_wrong_with_the_columns(header, words):
    with pytest.raises(WrongColumns) as refused:
        read(header)
    assert refused.value.sentence.startswith(words)


def test_what_an_export_has_is_passed_over():
    assert read(b"id,name,created at\n1,A,2026\n", Columns(("name",), ("name",), ("id", "createdAt"))) == [(2, {"name": "A"})]


def test_takes_so_many_rows_and_no_more(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert len(read(b"name\nA\n\nB\nC\n\n\n")) == 3
    with pytest.raises(TooManyRows, match="More than 3 rows"):
        read(b"name\nA\nB\nC\nD\n")


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
STRANGE = {
    "empty": b"",
    "blank": b"\n , \n\n",
    "NUL": b"name\nA\0B\n",
    "utf-16 without a mark": "name\nA\n".encode("utf-16-le"),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "an open quotation mark": b'name\n"A\nB\n',
    "a cell of a megabyte": b"name\n" + b"x" * 1_000_000,
    "half a character": codecs.BOM_UTF16_LE + b"n",
    "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a zip of something else": repacked(sheet(HEADER), types=None),
    "a zip that was cut off": sheet(HEADER)[:-40],
    "no sheet": repacked(sheet(HEADER), sheet=None),
    "a workbook that is no XML": repacked(sheet(HEADER), book=b"<workbook"),
    "entities": repacked(sheet(HEADER), book=f'<?xml version="1.0"?>{LAUGHS}<workbook/>'.encode()),
    "entities in UTF-16": repacked(sheet(HEADER), book=f'<?xml version="1.0"?>{LAUGHS}<workbook/>'.encode("utf-16")),
    "a number of ten thousand digits": of_sheet(f'<row r="1"><c r="A1"><v>{"9" * 10_000}</v></c></row>'),
    "a string that is not there": of_sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
}


@pytest.mark.parametrize("what", STRANGE)
def test_refuses_what_is_no_table(what):
    with pytest.raises(UnreadableTable):
        read(STRANGE[what])


def test_an_entity_would_unfold_without_the_look_beforehand(monkeypatch):
    """The control experiment: the parser itself lets it through."""
    content = of_sheet(f'<row r="1">{inline("A1", "name")}</row><row r="2">{inline("A2", "&b;")}</row>')
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        bomb = repacked(content, sheet=b'<?xml version="1.0"?>' + LAUGHS.encode() + archive.read("xl/worksheets/sheet1.xml"))
    with pytest.raises(UnreadableTable):
        read(bomb)
    monkeypatch.setattr(xlsx_reading, "_tags_in", lambda content: 0)
    assert read(bomb) == [(2, {"name": "hahaha"})]


def zeros(megabytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(megabytes):
            part.write(bytes(1024 * 1024))
    return out.getvalue()


def test_a_zip_bomb_is_not_unpacked():
    bomb = zeros(100)
    assert len(bomb) < 200_000
    with pytest.raises(UnreadableTable, match="Unpacked, this file is larger than 40 MB"):
        read(bomb)


def test_cells_that_say_nothing_do_not_fill_the_memory():
    """Forty kilobytes sent, four megabytes unpacked; parsed it would be a third of a gigabyte."""
    content = of_sheet(f"<row>{'<c/>' * 1_000_000}</row>")
    began = time.perf_counter()
    with pytest.raises(UnreadableTable, match="more cells than can be read at once"):
        read(content)
    assert time.perf_counter() - began < 2


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked_either():
    bomb = bytearray(zeros(50))
    directory = bomb.rindex(b"PK\x01\x02")
    struct.pack_into("<L", bomb, directory + 24, 1000)
    with pytest.raises(UnreadableTable) as refused:
        read(bytes(bomb))
    assert "Unpacked" not in refused.value.sentence


@pytest.mark.parametrize(
    "content",
    [
        of_sheet(f'<row r="1">{inline("A1", "name")}</row><row r="2">{inline("A2", "A")}</row>', '<dimension ref="A1:XFD1048576"/>'),
        of_sheet(
            f'<row r="1">{inline("A1", "name")}</row><row r="2">{inline("A2", "A")}</row><row r="2000000000">{inline("A9", "B")}</row>'
        ),
        of_sheet(f'<row r="1">{inline("A1", "name")}</row>' + f'<row r="2">{inline("A2", "A")}<c r="XFD2"/></row>'),
    ],
    ids=["declared", "a row far away", "a column far away"],
)
def test_a_huge_empty_sheet_is_not_walked_through(content):
    began = time.perf_counter()
    assert read(content) == [(2, {"name": "A"})]
    assert time.perf_counter() - began < 3


def test_every_refusal_is_the_senders_to_mend():
    for kind in (UnreadableTable, WrongColumns, TooManyRows):
        assert issubclass(kind, Invalid)
