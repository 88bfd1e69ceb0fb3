"""Carries letters while nobody waits for it: one thread in each process, begun with its first letter.

A letter not yet delivered is lost with the process. It holds a link of which only the hash is stored, so it must not be written
down anywhere before it leaves; whoever misses it asks for another.
"""

import atexit
import logging
import queue
import smtplib
import threading
import time
from collections.abc import Callable

MOST_WAITING = 1000
# Before each round: the answer to the request is out by then, so its time does not tell whether there was a letter to carry.
PAUSE_SECONDS = 0.2
TRY_AGAIN_AFTER = (1.0, 5.0)
LAST_WAIT_SECONDS = 5.0
Errand = Callable[[], None]
log = logging.getLogger("fabclean.mail")

_errands: "queue.Queue[tuple[str, Errand]]" = queue.Queue(MOST_WAITING)
_starting = threading.Lock()
_threads: list[threading.Thread] = []


def take(kind: str, errand: Errand) -> None:
    """``queue.Full`` when a thousand wait: the mail server is away, and more would only fill the memory."""
    _errands.put_nowait((kind, errand))
    with _starting:
        if not any(thread.is_alive() for thread in _threads):  # after a fork the thread is its parent's
            _threads[:] = [threading.Thread(target=_walk, name="postman", daemon=True)]
            _threads[0].start()


def wait(seconds: float = LAST_WAIT_SECONDS) -> bool:
    """Until all is delivered or given up, at most so long."""
    with _errands.all_tasks_done:
        return _errands.all_tasks_done.wait_for(lambda: not _errands.unfinished_tasks, seconds)


atexit.register(wait)


def _walk() -> None:
    while True:
        waiting = [_errands.get()]
        time.sleep(PAUSE_SECONDS)
        waiting += [_errands.get() for _ in range(_errands.qsize())]  # nobody else takes any
        for kind, errand in waiting:
            try:
                _run(kind, errand)
            finally:
                _errands.task_done()


def _run(kind: str, errand: Errand) -> None:
    for pause in (*TRY_AGAIN_AFTER, None):
        try:
            return errand()
        except Exception as failure:  # whatever it is, the next letter is somebody else's
            if pause is None or isinstance(failure, smtplib.SMTPRecipientsRefused):
                # Its words may hold the address it was meant for, so only its kind is written down.
                log.error("a letter could not be delivered", extra={"kind": kind, "failure": type(failure).__name__})
                return None
            time.sleep(pause)
    return None
