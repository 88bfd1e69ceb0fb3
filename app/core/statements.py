"""What a piece of work asks of the database: how often, for how long, and what it asks again and again."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

# Of one request: more than this is a page that asks for every row by itself.
MANY, OFTEN = 40, 10
NOT_COUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET LOCAL")


@dataclass
class Tally:
    count: int = 0
    seconds: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)

    def note(self, statement: str, seconds: float) -> None:
        self.count += 1
        self.seconds += seconds
        self.asked[statement] += 1

    @property
    def repeated(self) -> tuple[str, int] | None:
        """What was asked too often, or, if there was simply too much, the most frequent of it."""
        most = self.asked.most_common(1)
        return most[0] if most and (most[0][1] > OFTEN or self.count > MANY) else None


_tally: ContextVar[Tally | None] = ContextVar("fabclean_tally", default=None)


@contextmanager
def counting() -> Iterator[Tally]:
    """Of everything inside, in this thread."""
    tally = Tally()
    token = _tally.set(tally)
    try:
        yield tally
    finally:
        _tally.reset(token)


def listen(engine: Engine) -> None:
    @event.listens_for(engine, "before_cursor_execute")
    def _begin(*said: Any) -> None:
        said[4]._fabclean_began = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _end(*said: Any) -> None:
        if (tally := _tally.get()) is not None and not said[2].startswith(NOT_COUNTED):
            tally.note(said[2], time.perf_counter() - said[4]._fabclean_began)
