"""Several instances start at once, as a host starts them: one does the work, the others wait and find it done."""

import subprocess
import sys

import pytest

from tests.support.processes import ROOT, environment
from tests.support.shop import settings


@pytest.mark.slow
def test_four_at_once_make_one_business(empty_database_url):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "init-db"]
    surroundings = environment(**settings(empty_database_url))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    started = [subprocess.Popen(command, cwd=ROOT, env=surroundings, **pipes) for _ in range(4)]
    outputs = [process.communicate(timeout=90)[0] for process in started]
    assert [process.returncode for process in started] == [0] * 4, outputs
    assert sum("Added 3 services" in output for output in outputs) == 1
    assert sum("Administrator: admin" in output for output in outputs) == 1
