"""Writers queue. Whoever holds the turn gives it back, however their writing ends."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core import writers_turn
from app.core.engine import make_engine


@pytest.fixture
def path(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT")
    return tmp_path / "a.db"


@pytest.fixture
def engine(path):
    made = make_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


def is_free(path) -> bool:
    turn = writers_turn.turn_at(str(path))
    if not turn._among_threads.acquire(blocking=False):
        return False
    turn._among_threads.release()
    return True


def test_the_turn_comes_back_after_a_commit_and_after_an_error(engine, path):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
        assert not is_free(path)
    assert is_free(path)
    with pytest.raises(RuntimeError), engine.begin():
        raise RuntimeError("in the middle")
    assert is_free(path)


def test_the_turn_comes_back_from_a_connection_thrown_away(engine, path):
    connection = engine.connect()
    connection.execute(text("INSERT INTO t VALUES (1)"))
    connection.invalidate()
    connection.close()
    assert is_free(path)


def test_readers_take_no_turn(engine, path):
    with engine.execution_options(reads=True).connect() as connection:
        connection.execute(text("SELECT count(*) FROM t"))
        assert is_free(path)


def turns_open(folder) -> int:
    return sum(path.is_symlink() and os.readlink(path).startswith(str(folder)) for path in Path("/proc/self/fd").iterdir())


def test_a_file_is_open_only_while_somebody_writes(tmp_path):
    """Each business has a turn of its own, and a process may have a thousand files open."""
    for number in range(50):
        turn = writers_turn.turn_at(str(tmp_path / f"{number}.db"))
        turn.take()
        assert turns_open(tmp_path) == 1
        turn.give()
    assert turns_open(tmp_path) == 0


def test_a_process_that_dies_gives_its_turn_back(engine, path):
    code = f"from app.core import writers_turn; writers_turn.turn_at({str(path)!r}).take(); print('mine', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "mine\n"
        wrote = threading.Event()

        def write() -> None:
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO t VALUES (1)"))
            wrote.set()

        threading.Thread(target=write).start()
        assert not wrote.wait(0.3)
        holder.kill()
        assert wrote.wait(5)


@pytest.mark.slow
def test_nobody_waits_long_while_others_keep_writing(engine):
    """Twelve who write without a pause: each gets its turn about as often as the others."""
    counts, end = [0] * 12, time.monotonic() + 2

    def write(who: int) -> None:
        while time.monotonic() < end:
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO t DEFAULT VALUES"))
            counts[who] += 1

    threads = [threading.Thread(target=write, args=(who,)) for who in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(counts) > 0
