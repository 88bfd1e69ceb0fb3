"""A real browser shows the SVG at the size of the paper, under the strictest policy, and the codes can be read off its screen."""

import io

import pytest
from PIL import Image

from app.labels import label_service
from app.labels.stock_rules import DOTS_PER_INCH, DOTS_PER_MM, STOCKS
from tests.labels.reading import ARABIC, CODE, DEVANAGARI, LINK, dots, ink, label, scanned

ADDRESS = "http://label.test/label.svg"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'"


@pytest.mark.browser
@pytest.mark.parametrize("stock", STOCKS)
def test_a_browser_shows_what_the_printer_prints(browser, stock):
    one = label(customer=DEVANAGARI, business=ARABIC)
    screen, complaints = _shown(browser, label_service.render(one, stock, "svg").content, stock)
    burnt = dots(one, stock, "png").convert("L")
    assert complaints == []
    assert screen.size == burnt.size
    assert scanned(screen) == [("Code128", CODE), ("QRCode", LINK)]
    assert ink(screen) == pytest.approx(ink(burnt), rel=0.05)


def _shown(browser, source, stock):
    width, height = (round(side / DOTS_PER_MM * 96 / 25.4 + 1) for side in (STOCKS[stock].width, STOCKS[stock].height))
    complaints = []
    page = browser.new_page(device_scale_factor=DOTS_PER_INCH / 96, viewport={"width": width, "height": height})
    page.on("console", lambda message: complaints.append(message.text))
    headers = {"Content-Security-Policy": POLICY, "Content-Type": "image/svg+xml"}
    page.route(ADDRESS, lambda route: route.fulfill(body=source, headers=headers))
    page.goto(ADDRESS)
    screen = Image.open(io.BytesIO(page.screenshot())).convert("L")
    page.close()
    return screen.crop((0, 0, STOCKS[stock].width, STOCKS[stock].height)), complaints
