"""Figures for Prometheus, summed over all worker processes; kept only where METRICS_TOKEN is set, because they say how a shop is doing.

The names of doors, methods and kinds of answer are few, whatever is asked for: no address, no person and no business is a label.
"""

import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from app import __version__
from app.core import probe
from app.core.statements import Tally

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
STATEMENTS = (0, 1, 2, 5, 10, 20, 40, 80, 160)


class Meters:
    """Made once in a process, and with its first request: gunicorn's settings have named the folder they share by then."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Histogram  # large, and not needed by most

        door = ("endpoint", "method", "status")
        self.requests = Histogram("fabclean_request_seconds", "From a request's beginning to its answer.", door, buckets=SECONDS)
        self.database = Histogram("fabclean_request_database_seconds", "Of it, waiting for the database.", ("endpoint",), buckets=SECONDS)
        self.statements = Histogram("fabclean_request_statements", "Statements that a request took.", ("endpoint",), buckets=STATEMENTS)
        self.repeated = Counter("fabclean_requests_with_many_statements_total", "Requests that asked too much or again.", ("endpoint",))


_making = threading.Lock()


def _meters() -> Meters:
    with _making:  # the first requests come at once, and Prometheus takes each name once
        return _made()


@cache
def _made() -> Meters:
    return Meters()


def note(endpoint: str | None, method: str, status: int, seconds: float, asked: Tally) -> None:
    meters, named = _meters(), endpoint or "none"
    meters.requests.labels(named, method if method in METHODS else "other", f"{status // 100}xx").observe(seconds)
    meters.database.labels(named).observe(asked.seconds)
    meters.statements.labels(named).observe(asked.count)
    if asked.repeated is not None:
        meters.repeated.labels(named).inc()


def page(folder: Path) -> bytes:
    """``folder`` is where the data is."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    _meters()
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY) + generate_latest(_now(CollectorRegistry(), folder))
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(_now(together, folder))


def _now(registry: Any, folder: Path) -> Any:
    class Now:
        """What is true at this moment, whoever is asked."""

        def collect(self) -> Iterator[Any]:
            from prometheus_client.core import GaugeMetricFamily

            place = next(place for place in (folder, *folder.parents) if place.exists())
            yield GaugeMetricFamily("fabclean_disk_free_bytes", "Where the data is.", shutil.disk_usage(place).free)
            yield GaugeMetricFamily("fabclean_ready", "As /health/ready says it.", int(probe.check(folder).ready))
            version = GaugeMetricFamily("fabclean_info", "The program's version.", labels=("version",))
            version.add_metric((__version__,), 1)
            yield version

        def describe(self) -> Iterable[Any]:
            return ()

    registry.register(Now())
    return registry
