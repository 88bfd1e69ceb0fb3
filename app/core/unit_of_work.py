"""The only commit in the house."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from app.core.session import RoutedSession
from app.extensions import db


@contextmanager
def unit_of_work() -> Iterator[RoutedSession]:
    """Everything written inside is written together or not at all.

    Re-entrant: a service may call another, and the outermost block commits. On SQLite the block holds the one writer lock from
    its first statement (``BEGIN IMMEDIATE``), so what it reads cannot change under it. Nothing slow belongs inside: no hashing
    of passwords, no mail, no file, no rendering.
    """
    session = cast(RoutedSession, db.session())
    if session.writing:
        yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("objects were changed before unit_of_work() began: load and change them inside it")
    session.rollback()  # what was read before is read again: it may have changed, and a reading transaction cannot write
    session.info.pop("writes_to", None)
    session.writing = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.writing = False


def stop_reading() -> None:
    """Before something slow (waiting for the writer's turn): nobody does that holding on to an old state of the database."""
    session = cast(RoutedSession, db.session())
    if session.writing:
        raise RuntimeError("inside unit_of_work() this would undo what was written")
    session.rollback()
