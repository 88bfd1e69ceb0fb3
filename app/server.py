"""gunicorn's worker. One of them serves nobody and does jobs instead: gunicorn brings it back when it dies or hangs, and stops it
with the others (docs/decisions/0024)."""

import logging
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LOOK_EVERY_SECONDS = 10.0
log = logging.getLogger("fabclean.jobs")


class Worker(ThreadWorker):
    does_jobs = False

    def run(self) -> None:
        if not self.does_jobs:
            super().run()
            return
        from app.jobs import queue  # Huey, in the one process that needs it

        consumer: queue.Workers | None = None
        looked_at = time.monotonic()
        while self.alive and self.is_parent_alive():
            self.notify()
            if consumer is None:
                consumer = self._begin(queue)
            elif time.monotonic() - looked_at > LOOK_EVERY_SECONDS:
                looked_at = time.monotonic()
                consumer.check_worker_health()
            time.sleep(0.2 if consumer else 2)
        if consumer is not None:
            consumer.stop(graceful=True)
            queue.release(consumer)

    def _begin(self, queue: Any) -> Any:
        """The database may come up after us; whoever serves people waits for it as well."""
        try:
            consumer = queue.consumer(self.wsgi.config, self.wsgi.app_context, takes_signals=False)
            consumer.start()
        except Exception:
            log.exception("jobs cannot begin yet; it will be tried again")
            return None
        return consumer


def choose(server: Any, worker: Worker, *, does_jobs: bool) -> None:
    """gunicorn is about to start this one: it does the jobs if it is the last one missing and nobody of its kind does them."""
    doing = any(other.does_jobs and other.cfg is worker.cfg for other in server.WORKERS.values())
    worker.does_jobs = does_jobs and not doing and len(server.WORKERS) >= server.num_workers - 1 > 0
