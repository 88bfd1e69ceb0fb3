"""How the server runs. Every value can be overridden on gunicorn's command line."""

import os
import shutil
import sys
import tempfile

from app import config as settings
from app import server as our_server

try:
    _config = settings.load()
except settings.ConfigError as error:
    print(f"FabClean does not start: {error}.", file=sys.stderr)
    raise SystemExit(3) from None

_environment = settings.with_dotenv()
bind = f"{_environment.get('HOST', '127.0.0.1')}:{_environment.get('PORT', '5005')}"
# And one more, which does the jobs.
workers = int(_environment.get("WEB_CONCURRENCY", "2")) + bool(_config["JOBS_IN_SERVER"])
worker_class = our_server.Worker
# Threads, not processes, wait for slow clients: with 8 of them 20 slow ones stopped everybody, with 512 four hundred did not
# (docs/decisions/0012). A thread that waits costs about 25 kB.
threads = int(_environment.get("WEB_THREADS", "512"))
worker_connections = 2000
timeout = 30
graceful_timeout = 20
keepalive = 5
# A worker is replaced after a while, at different times each, so that nothing that leaks lasts.
max_requests = 50_000
max_requests_jitter = 5_000
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
# The application counts proxies itself (TRUSTED_PROXIES); here nobody may set the scheme.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True  # one socket a user, not a server: two installations would share it
accesslog = None  # the application writes one structured line a request
loglevel = "warning"


def pre_fork(server, worker) -> None:  # type: ignore[no-untyped-def]
    our_server.choose(server, worker, does_jobs=bool(_config["JOBS_IN_SERVER"]))


if _config["METRICS_TOKEN"]:
    # Where the workers write their figures, so that whichever is asked can add them up. It has to be named before they are made.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="fabclean-metrics-")


def child_exit(server, worker) -> None:  # type: ignore[no-untyped-def]
    if _config["METRICS_TOKEN"]:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server) -> None:  # type: ignore[no-untyped-def]
    if _config["METRICS_TOKEN"]:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def post_worker_init(worker) -> None:  # type: ignore[no-untyped-def]
    from app.housekeeping import start

    start(worker.app.callable)


def when_ready(server) -> None:  # type: ignore[no-untyped-def]
    if _config["ENV_NAME"] == settings.DEVELOPMENT:
        address = f"http://{server.address[0][0]}:{server.address[0][1]}"
        for name, path in (("Public face", "/"), ("Admin", "/admin/"), ("Employee", "/employee/"), ("Worker", "/worker/"),
                           ("Customer", "/customer/"), ("API", "/api/schema/swagger-ui/")):  # fmt: skip
            print(f"  {name:<12} {address}{path}")
        print("  Stop with Ctrl+C.", flush=True)
