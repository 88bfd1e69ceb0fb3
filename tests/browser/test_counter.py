"""A day at the counter, with a keyboard and a scanner in a real browser, and a server that goes away."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from app.core import ids
from tests.browser.conftest import Open, Shop, keep_picture
from tests.browser.eyes import Eyes
from tests.browser.till import code_on_the_paper, code_on_the_printed_label, move_on, once, order_two, orders_of, placed, scan_in, status_of
from tests.support.databases import SqliteDatabases
from tests.support.people import ALICE, ERIN, MONA

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def counter(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(sqlite_databases.filled(), tmp_path_factory.mktemp("counter") / "log")
    yield shop
    shop.server.stop()


@pytest.fixture
def at(counter: Shop, open_page: Open) -> Eyes:
    """Erin at the counter. A wrong scan is answered with an error's status, and a server that is away is no mistake of the page."""
    eyes = open_page(counter, "/employee/", ERIN)
    eyes.expected_statuses |= {400, 401, 404, 409, 503}
    eyes.tolerated = ("net::ERR_",)
    return eyes


def test_a_walk_in_is_served_and_their_label_scanned_by_keyboard_alone(at: Eyes) -> None:
    page, keys = at.page, at.page.keyboard
    expect(page.get_by_label("Find a customer")).to_be_focused()
    scan_in(page, "Walter Walk-In")
    expect(page.get_by_role("link", name="New customer")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_label("Name")).to_have_value("Walter Walk-In")
    expect(page.get_by_label("Phone", exact=True)).to_be_focused()
    keys.type("98200 12345")
    for key in ("Tab", "2", "Tab", "+", "+", "-", "i", "3"):
        keys.press(key)
    expect(page.locator("#running")).to_contain_text("₹1,000.00")
    keep_picture(page, "counter-new-order")
    keys.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("for Walter Walk-In is placed.")
    expect(page.get_by_role("button", name="Print label")).to_be_focused()
    page.evaluate("window.print = () => { window.printed = document.documentElement.dataset.printing }")
    keys.press("Enter")
    assert page.evaluate("window.printed") == "label"
    keep_picture(page, "counter-print")

    code = code_on_the_printed_label(page)
    keys.press("F8")
    page.get_by_role("link", name="Work begins").press("Enter")
    expect(page.get_by_label("Scan a label")).to_be_focused()
    scan_in(page, code)
    expect(page.locator("#answer")).to_contain_text("Good")
    expect(page.locator("#recent")).to_contain_text("Walter Walk-In")
    expect(page.get_by_label("Scan a label")).to_be_focused()
    keep_picture(page, "counter-scan-good")
    scan_in(page, code[:-1] + ("1" if code[-1] == "0" else "0"))
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "mistyped")
    scan_in(page, "000000000000")
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "unknown")
    page.get_by_role("button", name="Take back").press("Enter")
    expect(page.locator("#answer")).to_contain_text("Taken back")
    page.goto("/employee/scan/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Work begins")
    page.goto("/employee/scan/ready")
    scan_in(page, code)
    expect(page.locator("#answer")).to_contain_text("Wrong place")
    at.check_access()
    keep_picture(page, "counter-scan-wrong")


def test_somebody_on_file_is_eight_inputs_and_one_order(counter: Shop, at: Eyes) -> None:
    page, before = at.page, orders_of(counter, ALICE.name)
    inputs = 0
    for arrived, key in (
        ("/employee/", "alice"), (None, "Enter"), ("**/find?*", "Enter"), ("**/new?*", "2"), (None, "Tab"), (None, "1"), (None, "Enter"),
    ):  # fmt: skip
        if arrived is not None:
            page.wait_for_url(arrived)
            expect(page.locator(":focus")).to_be_visible()
        page.keyboard.type(key) if len(key) > 1 and key.islower() else page.keyboard.press(key)
        inputs += 1
    page.keyboard.press("Enter")  # the hand trembles
    page.wait_for_url("**/print?*")
    assert inputs + 1 <= 8, "and one more to print"
    assert orders_of(counter, ALICE.name) == before + 1


def test_a_label_scanned_into_the_wrong_field_is_no_order(counter: Shop, at: Eyes) -> None:
    order, page = placed(counter, customerName="Stray Scan"), at.page
    page.goto("/employee/orders/new?name=Nobody&phone=5550199")
    page.get_by_role("spinbutton", name="Laundry").focus()
    scan_in(page, order["id"])
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order['number']}")
    assert orders_of(counter, "Nobody") == 0


def test_a_finished_order_is_handed_over_by_scanning_its_ticket(counter: Shop, at: Eyes) -> None:
    order, page = placed(counter, customerName="Hanna Hand"), at.page
    scan_in(page, order["id"])
    expect(page.get_by_text("It is here and not cleaned yet.")).to_be_visible()
    move_on(counter, order["id"], "processing", "ready")
    page.keyboard.press("F2")
    scan_in(page, str(order["number"]))
    expect(page.locator(".hand-over")).to_contain_text("₹300.00")
    expect(page.get_by_role("button", name="Hand over to Hanna Hand")).to_be_focused()
    at.check_access()
    keep_picture(page, "counter-hand-over")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("is handed over to Hanna Hand")
    expect(page.get_by_label("Find a customer")).to_be_focused()


def test_a_batch_is_packed_sent_and_counted_by_scanning(counter: Shop, at: Eyes) -> None:
    first, second, stranger = (placed(counter, customerName=f"Batch {n}") for n in range(3))
    page, answer = at.page, at.page.locator("#answer")
    page.keyboard.press("F10")
    page.get_by_role("button", name="New batch to the plant").click()
    expect(page.get_by_label("Scan what goes along")).to_be_focused()
    for code, said in ((first["id"], "Good"), (second["id"], "Good"), (second["id"], "Already done"), ("abcd", "Misread")):
        scan_in(page, code)
        expect(answer).to_contain_text(said)
    expect(page.locator("#steps")).to_contain_text("2 orders are packed.")
    keep_picture(page, "counter-batch-packing")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_label("Scan what has arrived")).to_be_focused()

    for code, said in ((stranger["id"], "Put it aside"), (first["id"], "Good")):
        scan_in(page, code)
        expect(answer).to_contain_text(said)
    expect(page.locator("#steps")).to_contain_text("1 of 2 counted")
    expect(page.locator("#steps")).to_contain_text(f"Short: {second['number']}")
    expect(page.locator("#steps")).to_contain_text(f"Over: {stranger['number']}")
    at.check_access()
    for width in (360, 768):
        at.check_width(width)
    keep_picture(page, "counter-batch-short")
    page.emulate_media(media="print")
    expect(page.locator("#contents")).to_contain_text(second["id"])
    expect(page.get_by_label("Scan what has arrived")).to_be_hidden()
    page.emulate_media(media="screen")
    scan_in(page, second["id"])
    page.get_by_role("button", name="Everything is here").click()
    page.get_by_role("button", name="Close the batch").click()
    expect(page.get_by_label("Find a customer")).to_be_focused()
    scan_in(page, first["id"])
    expect(page.get_by_text("It is at the plant and work has not begun.")).to_be_visible()


def test_what_is_entered_while_the_server_is_away_arrives_once(counter: Shop, at: Eyes, open_page: Open) -> None:
    order, page = placed(counter, customerName="Scanned Meanwhile"), at.page
    scans = open_page(counter, "/employee/scan/processing", ERIN)
    scans.tolerated = ("net::ERR_", "409", "status of 502", "status of 503")
    page.evaluate("navigator.serviceWorker.ready")
    page.goto("/employee/orders/new?name=Lost+Answer&phone=5550100")

    def lose_the_answer(route: Route) -> None:
        """It arrives there, and nobody here hears of it: the worst way to be away."""
        route.fetch()
        route.abort()

    once(page, "**/orders/new", lose_the_answer)
    order_two(page)
    expect(page.locator("#outbox")).to_contain_text("Lost Answer: 2 × Laundry")
    counter.server.kill()
    page.get_by_label("Name").fill("While Away")
    page.get_by_label("Phone", exact=True).fill("5550101")
    order_two(page)
    expect(page.locator("#outbox")).to_contain_text("While Away: 2 × Laundry")
    expect(page.locator("#kept")).to_be_visible()
    keep_picture(page, "counter-server-away", whole=False)
    page.evaluate("window.print = () => {}")
    page.keyboard.press("Enter")
    slip = code_on_the_paper(page)
    expect(page.get_by_label("Name")).to_be_focused()
    scan_in(scans.page, order["id"])
    scan_in(scans.page, order["id"])
    expect(scans.page.locator("#answer")).to_contain_text("Kept for later")
    scan_in(scans.page, "k3x97q2m4tzb")
    expect(scans.page.locator("#answer")).to_have_attribute("data-outcome", "mistyped")
    page.goto("/employee/board")
    expect(page.get_by_role("heading", level=1)).to_have_text("The server is away")
    expect(page.get_by_role("link", name="Work begins")).to_be_hidden()
    at.check_access()
    keep_picture(page, "counter-away")
    page.keyboard.press("F4")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("From The Copy")
    page.get_by_label("Phone", exact=True).fill("5550102")
    order_two(page)
    expect(page.locator("#outbox")).to_contain_text("From The Copy: 2 × Laundry")

    counter.server.start()
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#outbox")).to_contain_text("Everything has been sent.", timeout=20_000)
    scans.page.evaluate("dispatchEvent(new Event('online'))")
    expect(scans.page.locator("#outbox [data-waiting]:visible")).to_have_count(0, timeout=20_000)
    assert [orders_of(counter, name) for name in ("Lost Answer", "While Away", "From The Copy")] == [1, 1, 1]
    assert [status_of(counter, code) for code in (order["id"], slip)] == ["Processing", "At Store"]
    expect(page.locator(".outbox-entry").filter(has_text="While Away")).to_contain_text(re.compile(r"Ticket \d+"))
    scan_in(page, slip.upper())
    expect(page.locator("main")).to_contain_text("While Away")
    page.get_by_role("link", name="Print it").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Print order")


def test_what_the_server_refuses_later_is_said_in_words_and_a_lost_session_loses_nothing(counter: Shop, at: Eyes) -> None:
    order, page = placed(counter, customerName="Refused Later"), at.page
    page.goto("/employee/scan/ready")
    once(page, "**/scan/ready", lambda route: route.abort())
    scan_in(page, order["id"])
    expect(page.locator("#outbox")).to_contain_text("Waiting")
    once(page, "**/scan/ready", lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#outbox [data-outbox-state]")).to_contain_text("The server does not answer.")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#outbox [data-reason]")).to_contain_text("This order is At Store")
    keep_picture(page, "counter-refused-later", whole=False)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#outbox")).to_be_hidden()

    page.goto("/employee/scan/processing")
    page.context.clear_cookies()  # the session ends in the middle of the work
    scan_in(page, order["id"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the counter")
    page.context.add_cookies(counter.cookies_of(MONA))
    page.goto("/employee/scan/processing")
    expect(page.locator("#outbox")).to_be_hidden()
    assert status_of(counter, order["id"]) == "At Store", "nothing is sent in another's name"
    page.context.add_cookies(counter.cookies_of(ERIN))
    page.goto("/employee/scan/processing")
    expect(page.locator("#outbox")).to_be_hidden()
    assert status_of(counter, order["id"]) == "Processing"


def test_the_board_follows_without_loading_again_and_keeps_the_place(counter: Shop, at: Eyes) -> None:
    order, page = placed(counter, customerName="Board Walker"), at.page
    page.goto("/employee/board")
    lane = page.locator(".lane").filter(has=page.get_by_role("heading", name="Processing"))
    link = page.get_by_role("link", name=f"Order {order['number']}", exact=True)
    link.focus()
    page.evaluate("window.same = true")
    move_on(counter, order["id"], "processing")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # what the ten seconds do
    expect(lane).to_contain_text("Board Walker")
    expect(link).to_be_focused()
    assert page.evaluate("window.same")
    page.get_by_role("button", name="Stand still").click()
    move_on(counter, order["id"], "ready")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    expect(lane).to_contain_text("Board Walker")


def test_the_counter_works_without_scripts(counter: Shop, open_page: Open) -> None:
    eyes = open_page(counter, "/employee/find?q=Nora+Noscript", ERIN, java_script_enabled=False)
    eyes.expected_statuses.add(400)
    page = eyes.page
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Phone", exact=True).fill("call me")
    page.get_by_role("spinbutton", name="Laundry").fill("3")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_label("Phone", exact=True)).to_have_accessible_description(re.compile("Not a phone number"))
    expect(page.get_by_role("spinbutton", name="Laundry")).to_have_value("3")
    page.get_by_label("Phone", exact=True).fill("555-0177")
    page.get_by_role("button", name="Place order").click()
    page.get_by_role("link", name=re.compile("^Order")).click()
    code = page.locator("dd.code").inner_text()
    page.goto("/employee/scan/processing")
    page.get_by_label("Scan a label").fill(code)
    page.get_by_role("button", name="Scan", exact=True).click()
    expect(page.locator("#answer")).to_contain_text("Good")


def test_the_keys_are_explained_where_they_work(at: Eyes) -> None:
    page = at.page
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys at the counter")).to_be_visible()
    at.check_access()
    keep_picture(page, "counter-keys", whole=False)
    page.keyboard.press("Escape")
    typed = [change(ids.new_code()) for _ in range(40) for change in (str, str.upper, lambda code: code[:-1] + "0", lambda code: code[1:])]
    read = "async typed => { const { readCode } = await import('/static/codes.js'); return typed.map(readCode) }"
    assert page.evaluate(read, typed) == [ids.read_code(text) for text in typed], "the browser reads codes as the server does"
    page.keyboard.press("F9")
    expect(page.get_by_role("heading", level=1)).to_have_text("Board")


def test_what_was_kept_for_the_server_being_away_goes_when_somebody_signs_out(counter: Shop, open_page: Open) -> None:
    page = open_page(counter, "/employee/", MONA).page
    page.evaluate("navigator.serviceWorker.ready")
    page.goto("/employee/scan/ready")
    kept = "caches.open('counter-pages').then(pages => pages.keys()).then(all => all.map(one => new URL(one.url).pathname))"
    assert {"/employee/away", "/employee/orders/new", "/employee/scan/ready"} == set(page.evaluate(kept))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the counter")
    assert page.evaluate(kept) == []
