"""Who does something. Services take it as ``by=``; nothing below the portals asks the request."""

from typing import Protocol


class Actor(Protocol):
    @property
    def account_id(self) -> int | None: ...
    @property
    def label(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def address(self) -> str | None: ...
