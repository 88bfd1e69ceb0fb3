"""``flask jobs work`` in a hurry, with jobs of its own: twenty that are due, each of which writes a line, and a slow one."""

import os
import sys
import time
from datetime import time as local
from datetime import timedelta
from pathlib import Path

from app import config, create_app
from app.core.words import say
from app.jobs import job_service, lease, queue
from app.jobs.job_service import Job
from app.jobs.lease import Running
from app.jobs.timing_rules import Daily

NAMES = [f"quick-{number}" for number in range(20)]


def notes() -> Path:
    return Path(sys.argv[1])


def note(line: str) -> None:
    with notes().open("a") as out:  # one write of one line: nobody's gets in between
        out.write(f"{line}\n")


def slow(running: Running) -> None:
    note(f"begun {os.getpid()}")
    time.sleep(0 if "begun" in notes().read_text().replace(f"begun {os.getpid()}", "") else 30)  # whoever takes over has it easy
    note("ended")


def hurry() -> None:
    queue.Clock.periodic_task_seconds = queue.TICK_SECONDS = queue.PLAN_EVERY_SECONDS = 1
    job_service.LEASE = lease.LEASE = timedelta(seconds=3)
    lease.BEAT_SECONDS = 0.5


def declare() -> None:
    job_service._jobs.clear()
    job_service.declare(*(Job(name, say("A job"), lambda running, name=name: note(name), Daily(local(0, 0))) for name in NAMES))
    job_service.declare(Job("slow", say("A job"), slow))


if __name__ == "__main__":
    app = create_app(config.load())
    hurry()
    declare()
    made = queue.consumer(app.config, app.app_context)
    note(f"ready {os.getpid()}")
    made.run()
    queue.release(made)
