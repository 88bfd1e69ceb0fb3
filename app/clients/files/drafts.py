"""Files that somebody looks over before anything is done with them: kept for an hour, and taken once."""

import secrets
from datetime import datetime
from typing import IO

from app.clients.files.errors import DraftGone
from app.clients.files.store import Folder


class Drafts(Folder):
    def keep(self, content: IO[bytes]) -> str:
        """The name by which it is taken; nobody can guess it."""
        name = secrets.token_hex(32)
        self.put(name, content)
        return name

    def take(self, name: str) -> IO[bytes]:
        """Of two who try at once, one has it. It is gone from the disk when they close it."""
        place = self._place(name)
        own = place.with_name(f".{name}.{secrets.token_hex(8)}")
        try:
            place.rename(own)
        except FileNotFoundError as failure:
            raise DraftGone from failure
        file = own.open("rb")
        own.unlink()
        return file

    def forget_before(self, moment: datetime) -> None:
        for file in self._folder.glob("*/*"):
            if file.stat().st_mtime < moment.timestamp():
                file.unlink(missing_ok=True)
