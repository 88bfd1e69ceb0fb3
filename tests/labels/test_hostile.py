"""What somebody may have called themselves, their garments or their order, in every format."""

import re
from xml.etree import ElementTree

import pypdfium2
import pytest

from app.labels import label_service
from app.labels.stock_rules import STOCKS
from tests.labels import svg_reader, zpl_reader
from tests.labels.reading import KINDS, LINK, dots, label, scanned

NAMES = [
    "^XZ^XA^FO0,0^GB400,400,400^FS",
    "~JA~HS",
    "_5EXZ \\5E",
    "</title><script>alert(1)</script>",
    "<style>*{display:none}</style>&amp;&#0;]]>",
    '" onload="alert(1)',
    "(Tj) ET Q endstream endobj %%EOF",
    "\\) Tj /F1 99 Tf (x",
    "line one\r\nline two\x00\x1b\x0c",
    "\u202eterces\u202c\u2066\u200f",
    "Z" + "\u0310\u0334" * 500,
    "x" * 5000,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U000e0041\U0010ffff\ufffe",
    "../../etc/passwd",
    "%s%n{0}{label.code.__class__}",
    "ﷺ" * 50,
]
CODES = ["a^b~c<&>", "\"'`\\;--", "^XZ^XA", "${7*7}", "../../x", " "]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_breaks_a_format(kind, name):
    hostile = label(customer=name, business=name, due=name, services=((1, name), (2, name)))
    for stock in STOCKS:
        assert scanned(dots(hostile, stock, kind)) == [("Code128", hostile.code), ("QRCode", LINK)]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_code_breaks_a_format(kind, code):
    assert ("Code128", code) in scanned(dots(label(code=code), "57x32", kind))


@pytest.mark.parametrize("name", NAMES)
def test_no_text_reaches_a_printer_as_a_command(name):
    hostile = label(customer=name, business=name, link=f"{LINK}{name}"[:60], services=((1, name),))
    source = label_service.render(hostile, "57x32", "zpl").content
    assert [command for command, _ in zpl_reader.commands(source)] == ["^XA", "^PW", "^LL", "^LH", "^FO", "^GF", "^FS", "^XZ"]
    assert re.fullmatch(rb"\^XA\n\^PW\d+\n\^LL\d+\n\^LH0,0\n\^FO0,0\^GFA,\d+,\d+,\d+,[0-9A-Fg-zG-Y,:]+\^FS\n\^XZ\n", source)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_for_the_browser_has_no_styles_scripts_or_outside_addresses(name):
    source = label_service.render(label(customer=name, business=name), "57x32", "svg").content
    svg_reader.read(source)  # refuses what is not on its list
    assert not re.search(rb"style|script|\son\w+=|javascript:|url\(|(?:href|src)=\"[^#]", re.sub(rb"<title>[^<]*</title>", b"", source))


def test_the_words_can_be_read_by_a_program():
    one = label(customer="Asha <Rao> & Sons")
    root = ElementTree.fromstring(label_service.render(one, "57x32", "svg").content)
    assert "Asha <Rao> & Sons" in (root.findtext(f"{svg_reader.SVG}title") or "")
    page = pypdfium2.PdfDocument(label_service.render(one, "57x32", "pdf").content)[0]
    text = page.get_textpage().get_text_range()
    assert all(words in text for words in ("Asha <Rao> & Sons", "1042", "k3x9 7q2m 4tza", "2 × Shirt"))
