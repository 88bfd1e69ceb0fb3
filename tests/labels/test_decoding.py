"""Every rendering is read back by a scanner, as a 203 dpi printer would print it."""

import io

import pytest
from PIL import Image

from app.core import ids
from app.labels import label_service
from app.labels.stock_rules import DOTS_PER_INCH, STOCKS
from tests.labels import reading
from tests.labels.reading import CODE, KINDS, LINK, dots, drawn, label, labels, pages, scanned
from tests.support import thorough


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("kind", KINDS)
def test_both_codes_are_read_back(kind, stock):
    assert scanned(dots(label(), stock, kind)) == [("Code128", CODE), ("QRCode", LINK)]


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("kind", KINDS)
def test_both_codes_are_read_back_from_a_full_label(kind, stock):
    full = label(customer=reading.DEVANAGARI * 5, business="B" * 90, services=tuple((9, f"{reading.ARABIC} {n}") for n in range(40)))
    assert scanned(dots(full, stock, kind)) == [("Code128", CODE), ("QRCode", LINK)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_hundred_different_labels_are_read_back(kind):
    for one in labels(25):
        assert scanned(dots(one, "57x32", kind)) == [("Code128", one.code), ("QRCode", one.link)]


@pytest.mark.slow
def test_codes_with_every_pair_of_digits_are_read_back():
    """A leading 99 was once lost on the way to the bars."""
    for pair in range(100):
        for code in (f"{pair:02}r8gp3jh7cj", f"r8{pair:02}gp3jh7cj", f"{pair:02}" * 6):
            assert ("Code128", code) in scanned(dots(label(code=code), "57x32", "png"))


@pytest.mark.parametrize(
    "link", ["http://a.in/track/abcdefghijklmnopqrstuv", "https://" + "laundry." * 12 + "example/track/abcdefghijklmnopqrstuv"]
)
@pytest.mark.parametrize("stock", STOCKS)
def test_short_and_long_links_are_read_back(link, stock):
    assert ("QRCode", link) in scanned(dots(label(link=link), stock, "png"))


@pytest.mark.parametrize("stock", STOCKS)
def test_a_picture_has_the_stock_size_in_dots_of_203_dpi(stock):
    image = Image.open(io.BytesIO(label_service.render(label(), stock, "png").content))
    assert image.size == (STOCKS[stock].width, STOCKS[stock].height)
    assert image.mode == "1"
    assert image.info["dpi"] == pytest.approx((DOTS_PER_INCH, DOTS_PER_INCH), abs=0.01)


@pytest.mark.parametrize("stock", STOCKS)
def test_the_printer_gets_the_picture_dot_for_dot(stock):
    assert dots(label(), stock, "zpl").tobytes() == dots(label(), stock, "png").tobytes()


@pytest.mark.parametrize("stock", STOCKS)
def test_all_bars_are_whole_dots_and_have_their_quiet_zones(stock):
    placed = drawn(label(), stock)
    height = STOCKS[stock].bar_height
    bars = sorted(box for box in placed.boxes if box[3] == height)
    module = bars[0][2] // 2  # every Code 128 begins with a bar of two modules
    assert module >= 2
    assert {width % module for _, _, width, _ in bars} == {0}
    assert bars[0][0] >= 10 * module
    right = bars[-1][0] + bars[-1][2]
    others = [text.left for text in placed.texts if text.left > right and text.top + text.height > bars[0][1]]
    assert min([*others, placed.width]) - right >= 10 * module


@pytest.mark.parametrize(("count", "stock"), [(100, "a4-24"), (25, "57x32")])
def test_a_batch_is_read_back_from_one_pdf(count, stock):
    _read_back(labels(count), stock)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_thousand_orders_are_read_back_from_one_pdf():
    _read_back(labels(1000), "a4-24")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_labels_of_every_kind_of_code_are_read_back():
    for _ in range(400 * thorough.FACTOR):
        one = label(code=ids.new_code(), link=f"https://fabclean.example/track/{ids.new_code()}{ids.new_code()[:10]}")
        assert scanned(dots(one, "57x32", "png")) == [("Code128", one.code), ("QRCode", one.link)]


def _read_back(batch, stock):
    read = [code for page in pages(label_service.sheet(batch, stock)) for code in scanned(page)]
    assert sorted(read) == sorted([("Code128", one.code) for one in batch] + [("QRCode", one.link) for one in batch])
