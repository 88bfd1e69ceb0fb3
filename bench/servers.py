"""The two that are compared: the application as it is shipped, and the floor, each with its own copy of the same data."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import data
from tests.support.postgres import Postgres
from tests.support.processes import ROOT, environment, free_port, last_will, revoke
from tests.support.shop import settings

WORKERS = "2"


class Server:
    """gunicorn and its workers, on a port of their own."""

    def __init__(self, target: str, surroundings: dict[str, str], *options: str):
        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", *options, "--bind", f"127.0.0.1:{self.port}", target]
        began = time.perf_counter()
        self._process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stderr=subprocess.DEVNULL, start_new_session=True)
        self._will = last_will(f"kill -KILL -{self._process.pid}")
        self._wait()
        self.started_in = time.perf_counter() - began

    def megabytes(self) -> float:
        """What its largest process holds."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        pages = [int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children]
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        revoke(self._will)
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(30)

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("the server did not start") from None
                time.sleep(0.01)
            else:
                return


@contextmanager
def shop(engine: str, *, orders: int, seed: int) -> Iterator[tuple[dict[str, str], str, str]]:
    """The application's environment, its database's address and the floor's, filled alike."""
    folder = Path(tempfile.mkdtemp(prefix="fabclean-bench-"))
    postgres = Postgres(durable=True) if engine == "postgresql" else None
    try:
        if postgres is None:
            ours, theirs = (f"sqlite:///{folder / name}.db" for name in ("ours", "floor"))
        else:
            postgres.execute("CREATE DATABASE ours")
            ours, theirs = postgres.url("ours"), postgres.url("floor")
        surroundings = environment(**settings(ours), FABCLEAN_DISK=str(folder), TRUSTED_PROXIES="1")
        data.make(ours, surroundings, orders=orders, seed=seed)
        if postgres is None:
            shutil.copyfile(folder / "ours.db", folder / "floor.db")
        else:
            postgres.execute("CREATE DATABASE floor TEMPLATE ours STRATEGY file_copy")
        yield surroundings, ours, theirs
    finally:
        if postgres is not None:
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def application(surroundings: dict[str, str]) -> Server:
    return Server("wsgi:app", {**surroundings, "WEB_CONCURRENCY": WORKERS})


def floor(surroundings: dict[str, str], url: str) -> Server:
    options = ("--config", "/dev/null", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "30", "--workers", WORKERS)
    return Server("bench.floor.wsgi:app", {**surroundings, "FLOOR_URL": url}, *options)
