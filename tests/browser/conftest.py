"""A real browser in front of the real server, at three shops: one full of orders, one without any, one to work in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.identity.permissions import Role
from tests.browser.eyes import Eyes
from tests.browser.furniture import Furniture, furnish
from tests.support.databases import SqliteDatabases
from tests.support.people import Person
from tests.support.processes import ROOT
from tests.support.server import Server

PHONE, DESK = 390, 1440
ARTEFACTS = ROOT / "tests" / "artefacts"


class Shop:
    """A running server, who is signed in there, and what is in it."""

    def __init__(self, url: str, log: Path, furniture: Furniture | None = None):
        self.database = Path(url.removeprefix("sqlite:///"))
        self.server = Server(url, log, WEB_CONCURRENCY="1")
        self.url = self.server.url
        self.furniture = furniture
        self._cookies: dict[str, list[Any]] = {}

    def cookies_of(self, person: Person) -> list[Any]:
        """Signed in through the front door, once."""
        if person.login not in self._cookies:
            portal = {Role.ADMIN: "admin", Role.MANAGER: "admin"}.get(person.role, str(person.role))
            login = "username" if portal == "admin" else "email"
            with httpx.Client(base_url=self.url, timeout=30) as client:
                answer = client.post(f"/{portal}/login", data={login: person.login, "password": person.password})
                assert answer.status_code == 303, answer.text
                self._cookies[person.login] = [{"name": "session", "value": client.cookies["session"], "url": self.url}]
        return self._cookies[person.login]


@pytest.fixture(scope="session")
def full_shop(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """About sixty orders in every state. Look, but do not change: others look too."""
    url, folder = sqlite_databases.filled(), tmp_path_factory.mktemp("full_shop")
    shop = Shop(url, folder / "log", furnish(url, folder))
    yield shop
    shop.server.stop()


@pytest.fixture(scope="session")
def own_shop(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Three services and the cast. Change what you like, and expect that others have."""
    shop = Shop(sqlite_databases.filled(), tmp_path_factory.mktemp("own_shop") / "log")
    yield shop
    shop.server.stop()


@pytest.fixture(scope="module")
def new_shop(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Opened this morning: not one order. Leave it so."""
    shop = Shop(sqlite_databases.filled(), tmp_path_factory.mktemp("new_shop") / "log")
    yield shop
    shop.server.stop()


Open = Callable[..., Eyes]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """``open_page(shop, "/admin/", ADMIN)`` in a browser of its own. At the end every page is asked what went wrong in it."""
    contexts: list[BrowserContext] = []
    watching: list[Eyes] = []

    def enter(shop: Shop, path: str, person: Person | None = None, *, width: int = DESK, status: int = 200, **options: Any) -> Eyes:
        context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", base_url=shop.url, **options)
        contexts.append(context)
        if person is not None:
            context.add_cookies(shop.cookies_of(person))
        eyes = Eyes(context.new_page(), shop.url)
        eyes.expected_statuses |= {status} - {200}
        watching.append(eyes)
        answer = eyes.page.goto(path)
        assert answer is not None
        assert answer.status == status
        return eyes

    yield enter
    try:
        for eyes in watching:
            eyes.check()
    finally:
        for context in contexts:
            context.close()


def keep_picture(page: Page, name: str, *, whole: bool = True) -> None:
    """On a phone and at a desk, for whoever wants to look at what the tests saw."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=ARTEFACTS / f"{name}-{width}.png", full_page=whole)
