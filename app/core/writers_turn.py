"""SQLite has one writer at a time. Here writers queue for their turn, instead of sleeping and trying again as SQLite would have them:
with eight clients the slowest of a hundred orders then waited a second for a lock that is held for four milliseconds.
"""

import fcntl
import os
import sqlite3
import threading
from functools import cache

PATIENCE_SECONDS = 15


class WritersTurn:
    """Threads of this process wait for one another at a lock, processes at a lock on a file, which the kernel hands on in order.

    A process that dies gives its turn back, because the kernel closes its files. Whoever does not know about turns (a shell, a
    backup) is still kept apart by SQLite's own lock.
    """

    def __init__(self, path: str):
        self._path = f"{path}-turn"
        self._among_threads = threading.Lock()
        self._file = -1  # open only while it is held: a thousand businesses have a thousand of them

    def take(self) -> None:
        if not self._among_threads.acquire(timeout=PATIENCE_SECONDS):
            raise sqlite3.OperationalError(f"database is locked: no turn to write in {PATIENCE_SECONDS} seconds")
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self.give()
            raise

    def give(self) -> None:
        if self._file != -1:
            fcntl.flock(self._file, fcntl.LOCK_UN)  # closing would not do: a child of this process may have the file open too
            os.close(self._file)
            self._file = -1
        self._among_threads.release()


@cache
def turn_at(path: str) -> WritersTurn:
    return WritersTurn(path)


class Connection(sqlite3.Connection):
    """Takes its turn before it begins to write, and gives it back when that ends, however it ends."""

    turn: WritersTurn
    _has_turn = False

    def begin_immediate(self) -> None:
        self.turn.take()
        self._has_turn = True
        try:
            self.execute("BEGIN IMMEDIATE").close()
        except BaseException:
            self._give()
            raise

    def commit(self) -> None:
        super().commit()  # when this fails the transaction is still open, and rollback() follows
        self._give()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._give()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._give()

    def _give(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self.turn.give()
