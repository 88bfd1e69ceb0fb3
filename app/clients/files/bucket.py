"""The same store in an S3-compatible bucket: for more than one machine, or for a machine that forgets its disk."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import IO, TYPE_CHECKING

from app.clients.files.errors import FileGone, FilesAway
from app.clients.files.store import place_of
from app.core import clock

if TYPE_CHECKING:
    from obstore.store import S3Store

PATIENCE = "10s"
# No lock reaches every machine. Putting a file in makes it young again, and what is young is never taken out.
YOUNG = timedelta(hours=1)


class Bucket:
    def __init__(self, address: str, settings: Mapping[str, str], folder: str):
        """``address``: ``s3://bucket/prefix``; ``settings``: as obstore names them."""
        self._store = _connection(address, folder, tuple(sorted(settings.items())))

    def put(self, name: str, content: IO[bytes]) -> None:
        """Whole in the bucket when this returns."""
        content.seek(0)
        with _answering():
            self._store.put(place_of(name), content.read())

    def open(self, name: str) -> IO[bytes]:
        with _answering():
            return BytesIO(bytes(self._store.get(place_of(name)).bytes()))

    def remove(self, name: str) -> None:
        with _answering():
            try:
                changed_at = self._store.head(place_of(name))["last_modified"]
            except FileNotFoundError:
                return
            if clock.now() - changed_at > YOUNG:
                self._store.delete(place_of(name))

    @contextmanager
    def held(self, *, alone: bool = False) -> Iterator[None]:
        yield


@cache
def _connection(address: str, folder: str, settings: tuple[tuple[str, str], ...]) -> "S3Store":
    """One for each business and process: it keeps its lines to the server open."""
    from obstore.store import S3Store  # not needed where files lie in a folder

    config = dict(settings)
    options = {"timeout": PATIENCE, "connect_timeout": "3s", "allow_http": config.get("endpoint", "").startswith("http://")}
    return S3Store.from_url(f"{address.rstrip('/')}/{folder}", config=config, client_options=options, retry_config={"max_retries": 2})  # type: ignore[arg-type]


@contextmanager
def _answering() -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as failure:
        raise FileGone from failure
    except BaseError as failure:
        raise FilesAway from failure
