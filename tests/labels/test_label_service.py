import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pypdfium2
import pytest
from PIL import Image

from app.labels import label_service
from app.labels.errors import NothingToPrint, UnknownStock
from tests.labels.reading import ARABIC, CHINESE, CYRILLIC, DEVANAGARI, KINDS, label, labels
from tests.support.processes import ROOT

ORDER = {
    "id": "k3x97q2m4tza",
    "number": 1042,
    "customerName": "Asha Rao",
    "dueAt": "2026-11-24T20:30:00.000Z",
    "items": [{"quantity": 2, "service": "Shirt"}, {"quantity": 1, "service": "Coat"}],
}


@pytest.mark.parametrize(
    ("timezone", "due"),
    [("Asia/Kolkata", "Due Wed 25 Nov 02:00"), ("America/New_York", "Due Tue 24 Nov 15:30"), ("UTC", "Due Tue 24 Nov 20:30")],
)
def test_the_due_date_is_in_the_time_of_the_business(timezone, due):
    assert label_service.label_of(ORDER, business="Shop", timezone=timezone, link="https://x.example").due == due


def test_says_what_the_order_says():
    made = label_service.label_of(ORDER, business="Shop", timezone="UTC", link="https://x.example/track/t")
    assert (made.code, made.number, made.customer, made.business) == ("k3x97q2m4tza", "1042", "Asha Rao", "Shop")
    assert made.services == ((2, "Shirt"), (1, "Coat"))
    assert made.pieces == 3
    assert made.link == "https://x.example/track/t"


@pytest.mark.parametrize("kind", KINDS)
def test_a_label_is_drawn_once_and_kept_by_what_it_says(kind):
    first = label_service.render(label(number="1"), "57x32", kind)
    assert label_service.render(label(number="1"), "57x32", kind) is first
    assert label_service.render(label(number="2"), "57x32", kind).etag != first.etag
    assert label_service.render(label(number="1"), "100x50", kind).etag != first.etag


@pytest.mark.slow
def test_no_more_labels_are_kept_than_fit():
    for one in labels(300):
        label_service.render(one, "57x32", "zpl")
    assert label_service.render.cache_info().currsize <= label_service.render.cache_info().maxsize <= 256


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_label_gives_the_same_bytes(kind):
    first = label_service.render(label(), "57x32", kind).content
    label_service.render.cache_clear()
    assert label_service.render(label(), "57x32", kind).content == first


@pytest.fixture
def hasty_threads():
    """Threads take turns after every few steps, so that what they share is really shared."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty_threads")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_many_at_once_come_out_as_one_by_one(kind):
    names = [f"{(DEVANAGARI, ARABIC, CHINESE, CYRILLIC, 'Asha')[number % 5]} {chr(65 + number % 26) * 3}" for number in range(100)]
    many = [label(number=str(number), customer=name) for number, name in enumerate(names)]
    alone = [label_service.render(one, "57x32", kind).content for one in many]
    label_service.render.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        assert [made.content for made in threads.map(lambda one: label_service.render(one, "57x32", kind), many)] == alone


@pytest.mark.parametrize(("count", "stock", "pages"), [(1, "a4-24", 1), (24, "a4-24", 1), (25, "a4-24", 2), (3, "62x100", 3)])
def test_a_sheet_has_as_many_pages_as_it_needs(count, stock, pages):
    assert len(pypdfium2.PdfDocument(label_service.sheet(labels(count), stock))) == pages


@pytest.mark.parametrize(("stock", "size"), [("57x32", (57, 32)), ("100x50", (100, 50)), ("62x100", (62, 100)), ("a4-24", (210, 297))])
def test_pages_are_as_large_as_the_paper(stock, size):
    page = pypdfium2.PdfDocument(label_service.sheet(labels(1), stock))[0]
    assert [side * 25.4 / 72 for side in page.get_size()] == pytest.approx(size, abs=0.1)


def test_labels_of_a_sheet_stay_where_every_printer_reaches():
    page = pypdfium2.PdfDocument(label_service.sheet(labels(24), "a4-24"))[0].render(scale=2).to_pil().convert("L")
    left, top, right, bottom = Image.eval(page, lambda grey: 255 - grey).getbbox()
    four_millimetres = 2 * 72 / 25.4 * 4
    assert min(left, top, page.width - right, page.height - bottom) > four_millimetres


def test_an_unknown_stock_is_refused_in_both_ways():
    with pytest.raises(UnknownStock):
        label_service.render(label(), "57x33", "png")
    with pytest.raises(UnknownStock):
        label_service.sheet([label()], "57x33")


def test_a_sheet_without_labels_is_refused():
    with pytest.raises(NothingToPrint):
        label_service.sheet([], "a4-24")


@pytest.mark.parametrize("stock", ["62x100", "a4-24"])  # one on a page, and many
@pytest.mark.slow
def test_thousand_labels_are_printed_in_seconds(stock):
    """About two seconds of computing; eight leave room for a slow and busy machine."""
    batch = labels(1000)
    began = time.process_time()
    content = label_service.sheet(batch, stock)
    assert time.process_time() - began < 8
    assert len(content) < 10_000_000


def test_nothing_heavy_is_imported_before_the_first_label():
    heavy = ("PIL", "barcode", "reportlab", "segno", "uharfbuzz", "pymupdf_fonts")
    program = f"import sys, app.labels.label_service; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout == "[]\n"
