"""Invariants live in the schema; here a violated one gets its name back, whichever engine noticed it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError

from app.core.errors import DomainError
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.extensions import db


@contextmanager
def refusing(errors: Mapping[str, type[DomainError]]) -> Iterator[None]:
    """Inside a unit of work: write now, and turn the violation of a named constraint into its sentence."""
    try:
        with unit_of_work() as session:
            yield
            session.flush()
    except IntegrityError as failure:
        error = errors.get(name_of(failure) or "")
        if error is None:
            raise
        raise error() from failure


def name_of(failure: IntegrityError) -> str | None:
    """The violated constraint's name. PostgreSQL says it; of a unique one SQLite says only the columns."""
    diagnosis = getattr(failure.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    kind, _, detail = str(failure.orig).partition(" constraint failed: ")
    if kind != "UNIQUE":
        return detail.removeprefix("index ").strip("'") or None
    columns = [part.rpartition(".")[2] for part in detail.split(", ")]
    table_name = detail.partition(".")[0]
    for metadata in (db.metadatas[None], db.metadatas[CONTROL]):
        if (table := metadata.tables.get(table_name)) is None:
            continue
        uniques = [u for u in table.constraints if isinstance(u, UniqueConstraint)] + [i for i in table.indexes if i.unique]
        for unique in uniques:
            if [column.name for column in unique.columns] == columns:
                return str(unique.name)
        if [column.name for column in table.primary_key.columns] == columns:
            return str(table.primary_key.name)
    return None
