"""Fresh databases in milliseconds: one is made by really migrating and seeding, every test gets a copy of it."""

import itertools
import shutil
import sqlite3
from functools import cached_property
from pathlib import Path
from typing import Protocol

import psycopg

from tests.support import people
from tests.support.postgres import Postgres, plain
from tests.support.shop import application, inside

# Laid beside the tables of a filled database: a copy of every row, and the way back to it.
SPARE = """
CREATE SCHEMA spare;
CREATE VIEW spare.shape AS SELECT
    (SELECT count(*) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace)
  + (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace) + (SELECT count(*) FROM pg_trigger) AS parts;
CREATE TABLE spare.shape_once AS SELECT parts FROM spare.shape;
CREATE TABLE spare.numbers AS
    SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname = 'public';
DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE spare.%I AS SELECT * FROM public.%I', t.tablename, t.tablename);
    END LOOP;
END $$;
CREATE FUNCTION spare.refill() RETURNS void LANGUAGE plpgsql AS $$ DECLARE t record; BEGIN
    IF (SELECT parts FROM spare.shape) <> (SELECT parts FROM spare.shape_once) THEN RAISE 'the tables are others now'; END IF;
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', t.tablename);
        EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM spare.%I', t.tablename, t.tablename);
    END LOOP;
    PERFORM setval(format('public.%I', sequencename)::regclass, coalesce(last_value, 1), last_value IS NOT NULL) FROM spare.numbers;
END $$;
"""

MOST_REFILLS = 150


class Databases(Protocol):
    def empty(self) -> str:
        """The address of a database without a single table."""

    def filled(self) -> str:
        """The address of a database as ``flask init-db`` leaves it, with the cast moved in."""

    def refilled(self) -> str:
        """Always the same address, filled again. Nobody may be connected any more."""

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

    def refilled(self) -> str:
        url = f"sqlite:///{self._folder / 'shared.db'}"
        for suffix in ("-wal", "-shm"):
            path_of(url + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._template, path_of(url))
        return url

    def drop(self, url: str) -> None:
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
        connection = sqlite3.connect(template)
        connection.execute("PRAGMA journal_mode=WAL")  # as the application would say at each copy's first opening
        connection.close()
        return template


class PostgresDatabases:
    def __init__(self, server: Postgres, folder: Path):
        self.server = server
        self._folder = folder
        self._refills = itertools.count(1)
        self._numbers = itertools.count(1)

    def empty(self) -> str:
        return self._create("template0")

    def filled(self) -> str:
        return self._create(self._template)

    def refilled(self) -> str:
        """By deleting and copying rows: a new database means a thousand files, which took more time than most tests. A test that
        changed the tables themselves is noticed, and gives the next one a new database."""
        url = self.server.url("shared")
        if next(self._refills) % MOST_REFILLS == 0:
            self.drop(url)  # what was deleted still lies about in it
        try:
            with psycopg.connect(plain(url)) as connection:
                connection.execute("SET session_replication_role = replica")  # in any order, and past the guards of what is append-only
                connection.execute("SELECT spare.refill()")
        except psycopg.Error:
            self.drop(url)
            self._create(self._template, "shared")
            with psycopg.connect(plain(url), autocommit=True) as connection:
                connection.execute(SPARE)
        return url

    def drop(self, url: str) -> None:
        self.server.execute(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")

    def _create(self, template: str, name: str | None = None) -> str:
        name = name or f"t{next(self._numbers)}"
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")  # a third of the other one's time
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
