"""Pages by cursor: the next page starts after the last row seen, so depth costs nothing and new rows shift nothing."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson

from app.core.errors import Invalid

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 100


T = TypeVar("T")


class BadCursor(Invalid):
    code = "bad_cursor"
    sentence = "This cursor is not one of ours. Start again without it."


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    rows: Sequence[T]
    next_cursor: str | None

    @classmethod
    def of(cls, rows: Sequence[T], limit: int, key: Callable[[T], list[Any]]) -> "Page[T]":
        """From a query that asked for one row more than the page holds."""
        more = len(rows) > limit
        return cls(rows[:limit], write_cursor(key(rows[limit - 1])) if more else None)


def write_cursor(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def read_cursor(cursor: str, types: Sequence[type]) -> list[Any]:
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as failure:
        raise BadCursor from failure
    if not isinstance(key, list) or len(key) != len(types) or any(type(part) is not kind for part, kind in zip(key, types, strict=True)):
        raise BadCursor
    return key
