"""The only commit in the house."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from app.core.session import RoutedSession
from app.extensions import db

log = logging.getLogger("fabclean.after_commit")


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
    waiting: list[Callable[[], object]] = []
    session.info["after_commit"], session.info["last_of_all"] = waiting, []
    session.writing = True
    try:
        yield session
        _write_last(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.writing = False
    if waiting:
        _call_all(waiting, aside=session)


@contextmanager
def savepoint() -> Iterator[None]:
    """Inside a unit of work: a part of it that is undone alone if it fails, together with what was to follow from it."""
    session = _writing("savepoint()")
    lists: list[list[Any]] = [session.info["last_of_all"], session.info["after_commit"]]
    lengths = [len(waiting) for waiting in lists]
    try:
        with session.begin_nested():
            yield
    except BaseException:
        for waiting, length in zip(lists, lengths, strict=True):
            del waiting[length:]
        raise


def last_of_all(write: Callable[[list[Any]], object], *items: Any) -> None:
    """Inside a unit of work: what locks a row that everybody needs is written right before the commit, so nobody waits for the rest.

    ``write`` is called once, with the items of the whole unit of work.
    """
    _writing("last_of_all()").info["last_of_all"].extend((write, item) for item in items)


def _write_last(session: RoutedSession) -> None:
    waiting: dict[Callable[[list[Any]], object], list[Any]] = {}
    for write, item in session.info["last_of_all"]:
        waiting.setdefault(write, []).append(item)
    if waiting:
        session.flush()
    for write, items in waiting.items():
        write(items)


def after_commit(callback: Callable[[], object]) -> None:
    """Inside a unit of work: what the world outside is told, once all of it is safely written. Nothing is told of what was undone.

    It is too late to refuse by then, so a callback that fails is logged, and nobody's answer changes by it.
    """
    _writing("after_commit()").info["after_commit"].append(callback)


def _writing(what: str) -> RoutedSession:
    session = cast(RoutedSession, db.session())
    if not session.writing:
        raise RuntimeError(f"{what} belongs inside unit_of_work()")
    return session


def _call_all(callbacks: list[Callable[[], object]], *, aside: RoutedSession) -> None:
    """In a session of their own: one that fails rolls back, and must not take what was just written out of the caller's hands."""
    db.session.registry.clear()
    try:
        for callback in callbacks:
            _call(callback)
    finally:
        db.session.remove()
        db.session.registry.set(aside)


def _call(callback: Callable[[], object]) -> None:
    try:
        callback()
    except Exception:
        log.exception("what was to follow a commit did not happen")


def stop_reading() -> None:
    """Before something slow (waiting for the writer's turn): nobody does that holding on to an old state of the database."""
    session = cast(RoutedSession, db.session())
    if session.writing:
        raise RuntimeError("inside unit_of_work() this would undo what was written")
    session.rollback()
