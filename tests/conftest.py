"""Fixtures for everybody. Whatever takes ``app`` or ``database_url`` thereby runs on both engines."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.session import CONTROL
from app.extensions import db, limiter
from tests.support import chromium, people
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.postgres import Postgres
from tests.support.server import Server
from tests.support.shop import application, close, forget
from tests.support.valkey import Valkey

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> PostgresDatabases:
    return PostgresDatabases(postgres, tmp_path_factory.mktemp("postgresql"))


@pytest.fixture(scope="session")
def databases(engine_name: str, request: pytest.FixtureRequest) -> Databases:
    made: Databases = request.getfixturevalue(f"{engine_name}_databases")
    return made


@pytest.fixture
def database_url(databases: Databases) -> str:
    """Migrated, seeded, with the cast in it, and as if nobody had ever touched it."""
    return databases.refilled()


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all: with it templates and statements are compiled once, which took most of a test's time."""
    with application(databases.refilled(), tmp_path_factory.mktemp("house")) as made:
        made.extensions["fabclean_counters"] = (limiter._storage, limiter._limiter)
        gc.freeze()  # what is here stays to the end; looking through it again and again took every fifteenth second
        yield made


@pytest.fixture
def app(house: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The database and the folder are fresh, and so are the settings; whoever adds doors takes ``own_app``."""
    settings = dict(house.config)
    limiter._storage, limiter._limiter = house.extensions["fabclean_counters"]  # the last application made has put its own there
    house.config["INSTANCE"] = tmp_path
    forget()
    yield house
    close(house)
    forget()
    house.config.clear()
    house.config.update(settings)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """A list that grows with each statement the database is sent."""
    seen: list[str] = []

    def note(*said: Any) -> None:
        if not said[2].startswith("BEGIN"):
            seen.append(said[2])

    with app.app_context():
        engine = db.engines[CONTROL]
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def own_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that may be built on."""
    with application(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody in particular."""
    return app.test_client()


@pytest.fixture
def alice(app: Flask) -> FlaskClient:
    return people.client_of(app, people.ALICE)


@pytest.fixture
def bob(app: Flask) -> FlaskClient:
    return people.client_of(app, people.BOB)


@pytest.fixture
def charlie(app: Flask) -> FlaskClient:
    return people.client_of(app, people.CHARLIE)


@pytest.fixture
def employee(app: Flask) -> FlaskClient:
    return people.client_of(app, people.ERIN)


@pytest.fixture
def worker(app: Flask) -> FlaskClient:
    return people.client_of(app, people.WANDA)


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return people.client_of(app, people.ADMIN)


@pytest.fixture
def live_server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """The real thing. It takes two seconds to start, so tests of one module may share one: see ``tests/README.md``."""
    server = Server(database_url, tmp_path / "server.log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _valkey() -> Iterator[Valkey]:
    server = Valkey()
    yield server
    server.stop()


@pytest.fixture
def valkey(_valkey: Valkey) -> Valkey:
    """Emptied before each test. Mark what takes it with ``@pytest.mark.valkey``."""
    _valkey.empty()
    return _valkey


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium, one for all: Playwright does not start twice in a process. Mark what takes it with ``@pytest.mark.browser``."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium.system_path(), args=chromium.ARGUMENTS)
        yield made
        made.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever takes a server is marked as needing it, so that nobody has to remember."""
    needs = {"postgres": "postgresql", "postgresql_databases": "postgresql", "valkey": "valkey", "live_server": "slow"}
    for item in items:
        for fixture in needs.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(needs[fixture])
    # The long files first: started last, one of them would keep the others' processes waiting at the end.
    long = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in long)
