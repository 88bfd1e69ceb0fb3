"""A shelf has archives under names of ours. One that was not finished is not there."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Any, Protocol, cast

PIECE = 8 * 1024 * 1024
DRAFTS_KEPT_SECONDS = 24 * 3600


class ShelfAway(Exception):
    """It does not answer, or does not let us in."""


class Shelf(Protocol):
    def names(self) -> dict[str, int]:
        """With the size of each."""

    def writing(self, name: str) -> Any:
        """A context with a file to write into; the archive is there once the block ended well."""

    def open(self, name: str) -> IO[bytes]: ...

    def remove(self, name: str) -> None: ...


def shelf_of(config: Mapping[str, Any]) -> Shelf:
    url = config["BACKUP_URL"]
    if url.startswith("s3://"):
        return Bucket(url, config["FILES_SETTINGS"])
    return Folder(Path(url))


class Folder:
    def __init__(self, folder: Path):
        self._folder = folder

    def names(self) -> dict[str, int]:
        with _reaching():
            if not self._folder.exists():
                return {}
            return {file.name: file.stat().st_size for file in self._folder.iterdir() if file.is_file() and file.name[0] != "."}

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        with _reaching():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._forget_drafts()
            draft = self._folder / f".{name}.{os.getpid()}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as out:
                    yield out
                    out.flush()
                    os.fsync(out.fileno())
                draft.rename(self._folder / name)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            self._sync()

    def open(self, name: str) -> IO[bytes]:
        with _reaching():
            return (self._folder / name).open("rb")

    def remove(self, name: str) -> None:
        with _reaching():
            (self._folder / name).unlink(missing_ok=True)

    def _forget_drafts(self) -> None:
        """What a power cut left behind."""
        for draft in self._folder.glob(".*.fabclean.*"):
            if time.time() - draft.stat().st_mtime > DRAFTS_KEPT_SECONDS:
                draft.unlink(missing_ok=True)

    def _sync(self) -> None:
        """A new name is on the disk when its folder is."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Bucket:
    def __init__(self, address: str, settings: Mapping[str, str]):
        from obstore.store import S3Store  # not needed where backups lie in a folder

        options = {"timeout": "120s", "connect_timeout": "5s", "allow_http": settings.get("endpoint", "").startswith("http://")}
        made = S3Store.from_url(address, config=dict(settings), client_options=options, retry_config={"max_retries": 3})  # type: ignore[arg-type]
        self._store: Any = made

    def names(self) -> dict[str, int]:
        with _reaching():
            return {meta["path"].rpartition("/")[2]: meta["size"] for page in self._store.list() for meta in page}

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """In parts, so that nothing of it waits on this machine's disk. What is not finished is never shown."""
        import obstore

        with _reaching(), obstore.open_writer(self._store, name, buffer_size=PIECE, max_concurrency=2) as out:
            yield cast(IO[bytes], out)

    def open(self, name: str) -> IO[bytes]:
        with _reaching():
            return BufferedReader(_Arriving(self._store.get(name).stream(min_chunk_size=PIECE)), PIECE)

    def remove(self, name: str) -> None:
        with _reaching():
            self._store.delete(name)


class _Arriving(RawIOBase):
    def __init__(self, stream: Any):
        self._stream, self._rest = iter(stream), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        with _reaching():
            while not self._rest:
                try:
                    self._rest = memoryview(bytes(next(self._stream)))
                except StopIteration:
                    return 0
        count = min(len(into), len(self._rest))
        into[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        raise ShelfAway(f"where backups lie cannot be used: {failure}") from failure
    except Exception as failure:
        if type(failure).__module__.startswith("obstore"):
            raise ShelfAway(f"where backups lie does not answer: {str(failure).splitlines()[0]}") from failure
        raise
