"""Fresh databases in milliseconds: one is made by really migrating and seeding, every test gets a copy of it."""

import itertools
import os
import shutil
import sqlite3
from functools import cached_property
from pathlib import Path
from typing import Protocol

from app.core import writers_turn
from tests.support import people
from tests.support.postgres import Postgres
from tests.support.shop import application, inside


class Databases(Protocol):
    def empty(self) -> str:
        """The address of a database without a single table."""

    def filled(self) -> str:
        """The address of a database as ``flask init-db`` leaves it, with the cast moved in."""

    def drop(self, url: str) -> None: ...


class SqliteDatabases:
    def __init__(self, folder: Path):
        self._folder = folder
        self._numbers = itertools.count(1)

    def empty(self) -> str:
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"

    def filled(self) -> str:
        url = self.empty()
        shutil.copyfile(self._template, path_of(url))
        return url

    def drop(self, url: str) -> None:
        os.close(writers_turn.turn_at(str(path_of(url)))._file)
        writers_turn.turn_at.cache_clear()  # an open file for each of a thousand tests would be too many
        for file in self._folder.glob(f"{path_of(url).name}*"):
            file.unlink()

    @cached_property
    def _template(self) -> Path:
        made, template = self.empty(), self._folder / "template.db"
        fill(made, self._folder)
        # What was committed last is still in the log beside the file, so the file alone is not the database.
        connection = sqlite3.connect(path_of(made))
        connection.execute("VACUUM INTO ?", (str(template),))
        connection.close()
        return template


class PostgresDatabases:
    def __init__(self, server: Postgres, folder: Path):
        self.server = server
        self._folder = folder
        self._numbers = itertools.count(1)

    def empty(self) -> str:
        return self._create("template0")

    def filled(self) -> str:
        return self._create(self._template)

    def drop(self, url: str) -> None:
        self.server.execute(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")

    def _create(self, template: str) -> str:
        name = f"t{next(self._numbers)}"
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.server.url(name)

    @cached_property
    def _template(self) -> str:
        made = self.empty()
        fill(made, self._folder)
        return name_of(made)


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def fill(url: str, instance: Path) -> None:
    with application(url, instance) as app:
        result = app.test_cli_runner().invoke(args=["init-db"])
        assert result.exit_code == 0, result.output
        with inside(app):
            people.move_in()
