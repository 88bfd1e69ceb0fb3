"""A driver's phone: what is done without signal arrives once, and is nobody else's."""

import io
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, Open, Shop, keep_picture
from tests.browser.eyes import Eyes
from tests.logistics.pictures import picture
from tests.support.databases import SqliteDatabases
from tests.support.orders import ORDER
from tests.support.people import ADMIN, PASSWORD, WANDA, Person

pytestmark = pytest.mark.browser

WARD = Person("ward@shop.example", "Ward West", WANDA.role)
# What a browser writes into its console of requests that find no signal, and of a session that is over.
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 401")


class Office:
    """Plans stops, and looks in the database through the API what has arrived."""

    def __init__(self, shop: Shop):
        self._client = httpx.Client(base_url=shop.url, timeout=30)
        self._client.post("/admin/login", json={"username": ADMIN.login, "password": ADMIN.password}).raise_for_status()
        self._drivers = {one["email"]: one["id"] for one in self.get("workers")}
        self._database = shop.database

    def get(self, what: str) -> Any:
        return self._client.get(f"/admin/api/{what}").raise_for_status().json()

    def plan(self, name: str, driver: Person = WANDA) -> int:
        """A stop of today whose order is ready to be delivered."""
        order = self._client.post("/api/orders", json={**ORDER, "customerName": name}).json()["order"]["id"]
        for status in ("Processing", "Ready"):
            self._client.put(f"/admin/api/orders/{order}", json={"status": status}).raise_for_status()
        stop = {"order_id": order, "kind": "DROP_OFF", "worker_id": self._drivers[driver.login], "address": "14 Marine Drive\nMumbai"}
        return int(self._client.post("/admin/api/deliveries", json=stop).raise_for_status().json()["id"])

    def hire(self, person: Person) -> None:
        hired = {"name": person.name, "email": person.login, "role": "worker", "password": PASSWORD}
        self._drivers[person.login] = self._client.post("/admin/api/workers", json=hired).raise_for_status().json()["id"]

    def order_of(self, stop: int) -> str:
        return str(self.get(f"deliveries/{stop}")["orderId"])

    def call_off(self, stop: int) -> None:
        self._client.delete(f"/admin/api/deliveries/{stop}").raise_for_status()

    def size_of(self, file_id: str) -> tuple[int, int]:
        with Image.open(io.BytesIO(self._client.get(f"/admin/api/files/{file_id}").raise_for_status().content)) as image:
            return image.size

    def steps_of(self, stop: int) -> list[str]:
        """What phones have sent of this stop and was carried out, from the audit."""
        query = "SELECT json_extract(after, '$.status') FROM audit_entry WHERE action = 'delivery.moved' AND subject = ? ORDER BY id"
        with sqlite3.connect(self._database, timeout=10) as database:
            return [status for (status,) in database.execute(query, (f"delivery:{stop}",))]


@pytest.fixture(scope="module")
def shop(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(sqlite_databases.filled(), tmp_path_factory.mktemp("van") / "log")
    yield made
    made.server.stop()


@pytest.fixture(scope="module")
def office(shop: Shop) -> Office:
    return Office(shop)


@pytest.fixture
def phone(shop: Shop, open_page: Open) -> Eyes:
    """Wanda's, with her stops of today on it."""
    eyes = open_page(shop, "/worker/", WANDA, width=PHONE, accept_downloads=False)
    eyes.tolerated = EXPECTED
    return eyes


def kept(page: Page, *stops: int) -> None:
    """Until the pages of today and of these stops are on the phone, and somebody is there to show them."""
    paths = ["/worker/", *(f"/worker/stops/{stop}" for stop in stops)]
    until(
        page,
        """async (paths) => {
          const pages = await (await caches.open("van-pages")).keys();
          const there = pages.map((request) => new URL(request.url).pathname);
          const keeper = (await navigator.serviceWorker.getRegistration())?.active?.state;
          return keeper === "activated" && paths.every((path) => there.includes(path));
        }""",
        paths,
    )


def until(page: Page, question: str, argument: Any = None) -> None:
    """``wait_for_function`` takes a promise for a yes."""
    for _ in range(200):
        if page.evaluate(question, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"still not so: {question}")


def hand_over(page: Page, name: str) -> None:
    page.get_by_label("Who took it?").fill(name)
    box = page.get_by_role("img", name="Signature").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(box["x"] + 20 + 25 * step, box["y"] + 30 + 20 * (step % 2))
    page.mouse.up()
    page.get_by_role("button", name="Delivered").click()
    expect(page).to_have_title("Today's stops · FabClean")


def strip(page: Page) -> Any:
    return page.locator("[data-strips]")


def again(shop: Shop, eyes: Eyes, path: str) -> Page:
    """The application is closed, and opened later."""
    eyes.check()
    context = eyes.page.context
    eyes.page.close()
    later = Eyes(context.new_page(), shop.url)
    eyes.page, eyes.complaints = later.page, later.complaints
    eyes.page.goto(path)
    return eyes.page


def test_a_stop_done_without_signal_arrives_once(shop: Shop, office: Office, open_page: Open) -> None:
    stop, other = office.plan("Asha Verma"), office.plan("Ravi Krishnan")
    phone = open_page(shop, "/worker/", WANDA, width=PHONE)
    phone.tolerated = EXPECTED
    page, context = phone.page, phone.page.context
    kept(page, stop, other)
    context.set_offline(True)
    page.keyboard.type(office.order_of(stop))  # a scanner types wherever it is
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start this stop").click()
    page.get_by_label("Bag").fill("z" * 12)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Misread")).to_be_visible()
    page.keyboard.press("ControlOrMeta+a")
    for code, words in ((office.order_of(other), "The wrong bag"), (office.order_of(stop), "The right bag")):
        page.get_by_label("Bag").press("ControlOrMeta+a")
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
    keep_picture(page, "van-bag-scanned")
    page.get_by_label("Photo").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(1700, 1275))})
    hand_over(page, "Asha's brother")
    expect(page.locator(f"[data-stop='{stop}']")).to_contain_text("Waiting")
    expect(strip(page)).to_have_text("No signal. Waiting to be sent: 2")
    page.reload()
    expect(strip(page)).to_have_text("No signal. Waiting to be sent: 2")
    keep_picture(page, "van-without-signal")
    page.goto(f"/worker/stops/{stop}")
    expect(page.get_by_text("What you did is kept on this phone")).to_be_visible()
    page.goto("/worker/no-such-page")
    expect(page.get_by_role("heading", level=1)).to_have_text("No signal")
    assert office.steps_of(stop) == []

    page = again(shop, phone, "/worker/")
    lost: list[int] = []

    def lose(route: Route) -> None:
        """The first answer does not come back: the office has it, and the phone cannot know."""
        if not lost:
            lost.append(route.fetch().status)
            return route.abort("internetdisconnected")
        return route.continue_()

    page.route("**/worker/api/sync?*", lose)
    with page.expect_event("requestfailed", lambda request: "/api/sync" in request.url):
        context.set_offline(False)
    expect(strip(page)).to_have_text("No signal. Waiting to be sent: 2")
    page.evaluate("dispatchEvent(new Event('online'))")  # a try is due in some seconds anyway
    expect(page.locator(f"[data-stop='{stop}']")).to_contain_text("Done")
    expect(strip(page)).to_be_empty()
    page.reload()
    kept(page, other)
    proof = office.get(f"deliveries/{stop}")["proof"]
    assert (proof["name"], proof["scanned"], lost) == ("Asha's brother", True, [200])
    assert [office.size_of(proof[kind]) for kind in ("photo", "signature")] == [(1600, 1200), (720, 270)]
    assert office.steps_of(stop) == ["STARTED", "DONE"]


def test_what_is_refused_is_said_in_words_with_what_to_do(shop: Shop, office: Office, phone: Eyes) -> None:
    stop = office.plan("Meera Nair")
    page, context = phone.page, phone.page.context
    page.reload()
    kept(page, stop)
    context.set_offline(True)
    page.get_by_role("link", name="Meera Nair").click()
    page.get_by_role("button", name="Start this stop").click()
    page.get_by_text("It did not work out").click()
    page.get_by_label("Nobody there").check()
    page.get_by_role("button", name="Report it").click()
    expect(strip(page)).to_have_text("No signal. Waiting to be sent: 2")
    page.once("dialog", lambda dialog: dialog.accept())  # not everything is sent, it says
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No signal")  # so that has not happened, and nothing is lost by it
    page.goto("/worker/")
    expect(strip(page)).to_have_text("No signal. Waiting to be sent: 2")
    office.call_off(stop)
    context.set_offline(False)
    expect(strip(page)).to_have_text("Not accepted: 2. Look what to do.")
    strip(page).get_by_role("link").click()
    entries = page.locator("[data-client-id]")
    expect(entries).to_have_count(2)
    expect(entries.last).to_contain_text("This stop was called off. Bring back what you have with you")
    phone.check_access()
    keep_picture(page, "van-refused")
    page.once("dialog", lambda dialog: dialog.dismiss())
    entries.first.get_by_role("button", name="Forget it").click()
    expect(entries).to_have_count(2)
    page.on("dialog", lambda dialog: dialog.accept())
    for left in (1, 0):
        entries.first.get_by_role("button", name="Forget it").click()
        expect(entries).to_have_count(left)
    expect(page.get_by_text("Everything is sent")).to_be_visible()
    assert office.steps_of(stop) == ["CANCELLED"]


def test_what_waits_is_its_drivers_and_nothing_of_theirs_stays_when_they_are_gone(shop: Shop, office: Office, phone: Eyes) -> None:
    office.hire(WARD)
    stop = office.plan("Priya Desai")
    page, context = phone.page, phone.page.context
    page.reload()
    kept(page, stop)
    context.set_offline(True)
    page.get_by_role("link", name="Priya Desai").click()
    page.get_by_role("button", name="Start this stop").click()
    expect(strip(page)).to_have_text("No signal. Waiting to be sent: 1")
    with sqlite3.connect(shop.database, timeout=10) as database:  # the session ends while there is no signal
        database.execute("DELETE FROM sign_in_session WHERE account_id IN (SELECT id FROM account WHERE login = ?)", (WANDA.login,))
    context.set_offline(False)
    expect(strip(page)).to_have_text("You are signed out. Sign in to send what waits: 1")
    strip(page).get_by_role("link").click()
    expect(strip(page)).to_have_text("You are signed out. Sign in to send what waits: 1")
    sign_in(page, WARD)
    expect(strip(page)).to_have_text("Another driver's work waits on this phone: 1. It is sent when they sign in.")
    assert "Priya" not in page.content()
    strip(page).get_by_role("link").click()
    expect(page.get_by_text("Nothing waits on this phone")).to_be_visible()
    assert everything_kept(page) & {"Priya", WANDA.name} == set()
    assert office.steps_of(stop) == []

    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in to the van · FabClean")
    assert everything_kept(page) & {"Priya", WANDA.name, WARD.name} == set()
    shop._cookies.pop(WANDA.login)
    sign_in(page, WANDA)
    expect(page.locator(f"[data-stop='{stop}']")).to_contain_text("Under way")
    assert office.steps_of(stop) == ["STARTED"]
    office.call_off(stop)


def test_a_new_version_takes_the_place_of_the_old(phone: Eyes) -> None:
    """Pages that the old one kept ask for its files. Without signal they are given those that are there."""
    page = phone.page
    kept(page)
    page.evaluate("caches.open('van-shell-older').then(() => navigator.serviceWorker.getRegistration()).then((old) => old.unregister())")
    page.goto("/health/live")
    page.goto("/worker/")
    kept(page)
    until(page, "caches.keys().then((names) => !names.includes('van-shell-older') && names.some((name) => name.startsWith('van-shell-')))")
    page.evaluate(
        """async () => {
          const pages = await caches.open("van-pages");
          const old = (await (await pages.match("/worker/")).text()).replaceAll(/[?]v=[0-9a-f]+/g, "?v=older");
          await pages.put("/worker/", new Response(old, { headers: { "Content-Type": "text/html" } }));
        }"""
    )
    page.context.set_offline(True)
    page.reload()
    expect(strip(page)).to_contain_text("No signal. This is how it was at")
    expect(page.locator(".panel").first).to_have_css("border-radius", "14px")
    page.context.set_offline(False)


def sign_in(page: Page, person: Person) -> None:
    page.get_by_label("E-mail").fill(person.login)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Today's stops · FabClean")


def everything_kept(page: Page) -> set[str]:
    """Every word of every page in every cache of this browser."""
    text = page.evaluate(
        """async () => {
          const texts = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              const answer = await cache.match(request);
              if (answer.headers.get("Content-Type").includes("html")) texts.push(await answer.text());
            }
          }
          return texts.join(" ");
        }"""
    )
    return {word for word in ("Priya", WANDA.name, WARD.name) if re.search(word, text)}
