"""What tests of the counter do with a browser and a shop: type as a scanner does, read what was printed, look into the books."""

import io
import sqlite3
from collections.abc import Callable

import httpx
import pypdfium2
from playwright.sync_api import Page, Route

from tests.browser.conftest import Shop
from tests.labels.reading import DPI, scanned
from tests.support.orders import ORDER
from tests.support.people import ERIN


def scan_in(page: Page, text: str) -> None:
    """As a scanner does: all at once, and Enter. A hand takes longer than the page to be there."""
    page.wait_for_load_state()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def once(page: Page, pattern: str, answer: Callable[[Route], object]) -> None:
    """The next form that is sent there. A page is asked for by the service worker as well, whenever it likes."""
    sent: list[Route] = []

    def handle(route: Route) -> None:
        if sent or route.request.method != "POST":
            route.fallback()
            return
        sent.append(route)
        answer(route)

    page.route(pattern, handle)


def order_two(page: Page) -> None:
    page.get_by_role("spinbutton", name="Laundry").focus()
    page.keyboard.press("2")
    page.keyboard.press("Enter")


def code_on_the_printed_label(page: Page) -> str:
    """From the paper, as a scanner at the plant reads it."""
    page.goto(f"{page.url.partition('?')[0]}?what=label")
    return code_on_the_paper(page)


def code_on_the_paper(page: Page) -> str:
    """From whatever this page prints."""
    document = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(document) == 1
    return dict(scanned(document[0].render(scale=2 * DPI / 72).to_pil()))["Code128"]


def placed(shop: Shop, **changes: str) -> dict[str, str]:
    order = {**ORDER, "customerEmail": "somebody@example.com", **changes}
    answer: dict[str, str] = httpx.post(f"{shop.url}/api/orders", json=order).raise_for_status().json()["order"]
    return answer


def move_on(shop: Shop, code: str, *stations: str) -> None:
    cookies = {"session": shop.cookies_of(ERIN)[0]["value"]}
    for station in stations:
        body = {"code": code, "station": station}
        httpx.post(f"{shop.url}/employee/api/scans", json=body, cookies=cookies).raise_for_status()


def orders_of(shop: Shop, name: str) -> int:
    return int(_asked(shop, "SELECT count(*) FROM orders WHERE customer_name = ?", name))


def status_of(shop: Shop, order_id: str) -> str:
    return str(_asked(shop, "SELECT status FROM orders WHERE id = ?", order_id))


def _asked(shop: Shop, question: str, about: str) -> object:
    with sqlite3.connect(shop.database, timeout=10) as database:
        return database.execute(question, (about,)).fetchone()[0]
