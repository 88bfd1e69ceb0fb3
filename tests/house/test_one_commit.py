"""One commit, one maker of engines, no float near money, and a schema that means the same on both engines."""

import re
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Float, Numeric, create_mock_engine
from sqlalchemy.schema import MetaData

import app.models  # noqa: F401  (all tables must be known)
from app.core.session import CONTROL
from app.extensions import db

ROOT = Path(__file__).parents[2]
METADATAS = [db.metadatas[None], db.metadatas[CONTROL]]
TABLES = [table for metadata in METADATAS for table in metadata.sorted_tables]


def files_with(pattern: str, *folders: str) -> set[str]:
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    assert files
    return {file.relative_to(ROOT).as_posix() for file in files if re.search(pattern, file.read_text())}


def test_only_the_unit_of_work_commits():
    # (The driver's own connection, in core.writers_turn, passes the word on with super().)
    assert files_with(r"(?<!super\(\))\.commit\(", "app", "migrations") == {"app/core/unit_of_work.py"}


def test_only_the_unit_of_work_makes_savepoints():
    """``savepoint()`` also forgets what was to be written last, and told afterwards, of a part that was undone."""
    assert files_with(r"\.begin_nested\(", "app") == {"app/core/unit_of_work.py"}


def test_only_the_factory_makes_engines():
    """A bare ``create_engine("sqlite:///…")`` loses updates without an error: ``tests/core/test_races.py`` shows it."""
    assert files_with(r"\b(create_engine|engine_from_config)\(", "app", "migrations") == {"app/core/engine.py"}


def test_money_meets_a_float_only_on_the_wire():
    lines = (ROOT / "app/core/money.py").read_text().splitlines()
    floats = [line.strip() for line in lines if re.search(r"\bfloat\(", line)]
    assert floats == ["return self.minor / float(10 ** decimals(self.currency))"]


def test_no_column_is_a_float():
    columns = [column for table in TABLES for column in table.columns]
    assert len(columns) > 50
    assert [str(column) for column in columns if isinstance(column.type, Float | Numeric)] == []


def test_every_constraint_has_a_name():
    """A nameless one cannot be told from another when it is violated, nor dropped by a migration."""
    constraints = [constraint for table in TABLES for constraint in (*table.constraints, *table.indexes)]
    assert len(constraints) > 30
    assert [f"{c.table}: {c}" for c in constraints if not c.name] == []  # type: ignore[union-attr]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_table_is_strict_on_sqlite(table):
    """Otherwise SQLite stores the word "many" in a column of integers."""
    assert table.dialect_options["sqlite"]["strict"]


def test_every_check_is_written_for_both_engines():
    """SQLite has no regular expressions and PostgreSQL no GLOB, so neither may stand in a CHECK."""
    checks = [str(c.sqltext) for table in TABLES for c in table.constraints if isinstance(c, CheckConstraint)]
    assert checks
    assert [text for text in checks if re.search(r"\b(GLOB|REGEXP|SIMILAR TO|ILIKE)\b|~|::", text)] == []


def test_the_metadata_compiles_for_both_engines():
    for dialect in ("sqlite://", "postgresql+psycopg://"):
        assert len(ddl(dialect, METADATAS)) > len(TABLES)


def ddl(dialect: str, metadatas: list[MetaData]) -> list[str]:
    statements: list[str] = []
    engine = create_mock_engine(dialect, lambda statement, *_, **__: statements.append(str(statement.compile(dialect=engine.dialect))))
    for metadata in metadatas:
        metadata.create_all(engine, checkfirst=False)
    return statements
