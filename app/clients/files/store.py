import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Protocol

from app.clients.files.errors import FileGone

_NAME = re.compile(r"[0-9a-f]{64}")


class FileStore(Protocol):
    """Where files lie under the hash of what they hold: nothing is ever named by somebody else, and nothing changes."""

    def put(self, name: str, content: IO[bytes]) -> None: ...

    def open(self, name: str) -> IO[bytes]: ...

    def remove(self, name: str) -> None: ...

    def held(self, *, alone: bool = False) -> AbstractContextManager[None]: ...


class Folder:
    """On this machine's own disk."""

    def __init__(self, folder: Path):
        self._folder = folder

    def put(self, name: str, content: IO[bytes]) -> None:
        """Whole and on the disk when this returns. A power cut leaves either all of it under its name, or nothing."""
        place = self._place(name)
        _make(place.parent)
        draft = place.with_name(f".{name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                content.seek(0)
                shutil.copyfileobj(content, out)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(place)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync(place.parent)

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._place(name).open("rb")
        except FileNotFoundError as failure:
            raise FileGone from failure

    def remove(self, name: str) -> None:
        """Call it while the store is held alone: whoever puts the same in at that moment would lose it."""
        self._place(name).unlink(missing_ok=True)

    @contextmanager
    def held(self, *, alone: bool = False) -> Iterator[None]:
        """Among all processes of this machine: many may put things in together, but whoever takes things out is alone with it."""
        _make(self._folder)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def _place(self, name: str) -> Path:
        return self._folder / place_of(name)


def place_of(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a file is named by the hash of its content and nothing else")
    return f"{name[:2]}/{name}"


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """A new name is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
