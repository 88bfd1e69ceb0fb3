"""The application as it is shipped: gunicorn with our ``gunicorn.conf.py``, several processes, a port."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.support.people import Person
from tests.support.processes import ROOT, environment, free_port, last_will, revoke
from tests.support.shop import settings

PATIENCE_SECONDS = 30


class Server:
    def __init__(self, database_url: str, log: Path, **extra: str):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = log
        self.disk = log.parent / "disk"
        own = {"PORT": str(self.port), "FABCLEAN_PUBLIC_URL": self.url, "FABCLEAN_DISK": str(self.disk), "FABCLEAN_JOBS_IN_SERVER": "false"}
        self._environment = environment(**{**settings(database_url), **own, **extra})
        self.start()

    def start(self) -> None:
        """Again on the same port, after ``kill`` or ``stop``."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app"],
                stdout=log, stderr=log, cwd=ROOT, env=self._environment, start_new_session=True,
            )  # fmt: skip
        self._will = last_will(f"kill -KILL -{self._process.pid}")
        self._wait()

    @property
    def log(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """As a power cut would: the master and all workers at once, with no chance to finish anything."""
        revoke(self._will)
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """As a deployment would: what has begun is finished."""
        if self._process.poll() is not None:
            return
        revoke(self._will)
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=PATIENCE_SECONDS)

    def bearer(self, person: Person) -> dict[str, str]:
        """The header of somebody who signed in with their password, through the front door."""
        answer = httpx.post(f"{self.url}{person.sign_in_path}", json=person.credentials, timeout=PATIENCE_SECONDS)
        return {"Authorization": f"Bearer {answer.raise_for_status().json()['token']}"}

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                httpx.get(f"{self.url}/health/live", timeout=2).raise_for_status()
            except httpx.HTTPError as failure:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the server did not start:\n{self.log}") from failure
                time.sleep(0.05)
            else:
                return
