"""Files coming in and going out. A file has no name of its sender's making here, only bytes; and no browser ever runs what it gets."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from flask import Response, current_app, request, send_file
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from app.clients.files.drafts import Drafts
from app.clients.files.images import LARGEST_BYTES, SUFFIXES
from app.clients.files.places import drafts_of, store_of
from app.clients.files.store import FileStore
from app.core.errors import Invalid
from app.core.words import say
from app.portals.http.bodies import TooLarge
from app.tenancy.tenant_service import current_business

if TYPE_CHECKING:
    from app.logistics.models import StoredFile

# What a form wraps around its file.
_WRAPPING = 64 * 1024
_CHUNK = 64 * 1024
# What a good camera makes of one picture, and nobody sends to do harm.
_READ_OFF = 64 * 1024 * 1024
CSP = "sandbox; default-src 'none'"


class ExpectedImage(Invalid):
    code = "expected_image"
    sentence = "Expected an image: the body itself (Content-Type image/jpeg, image/png or image/webp), or one file in a form."


class FileTooLarge(TooLarge):
    code = "file_too_large"
    sentence = say("The file is larger than %(size)s MB.", size=LARGEST_BYTES // 1024**2)


@dataclass(frozen=True, slots=True)
class Upload:
    """What a door takes: which kinds of file, and what the view gets of it."""

    media_types: tuple[str, ...]
    expected: type[Invalid]
    read: Callable[[IO[bytes]], Any] = lambda file: file


IMAGE = Upload(tuple(SUFFIXES), ExpectedImage)


def store() -> FileStore:
    return store_of(current_app.config, current_business().slug)


def drafts() -> Drafts:
    return drafts_of(current_app.config, current_business().slug)


@contextmanager
def received(upload: Upload) -> Iterator[tuple[IO[bytes], bytes]]:
    """The one uploaded file and its hash, counted while it flows onto the disk. Only a door that takes files lets so much in."""
    request.max_content_length = LARGEST_BYTES + _WRAPPING
    with tempfile.TemporaryFile() as spool:
        try:
            digest = _copy(_source(upload), spool)
        except RequestEntityTooLarge as failure:
            request.form = ImmutableMultiDict()  # whoever shows the form again finds it empty, and is not refused once more
            _read_off()
            raise FileTooLarge from failure
        spool.seek(0)
        yield spool, digest


def handed_out(file: "StoredFile") -> Response:
    response = send_file(
        store().open(file.sha256),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=f"{file.id}.{SUFFIXES[file.media_type]}",
        etag=file.sha256,
    )
    response.headers["Content-Security-Policy"] = CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _source(upload: Upload) -> IO[bytes]:
    if request.mimetype in upload.media_types:
        return request.stream
    files = [file for files in request.files.listvalues() for file in files]
    if len(files) != 1:
        raise upload.expected
    return files[0].stream


def _copy(source: IO[bytes], spool: IO[bytes]) -> bytes:
    """What is too much is read to its end, which is not far (``max_content_length``), but not kept."""
    count, digest = 0, hashlib.sha256()
    while chunk := source.read(_CHUNK):
        count += len(chunk)
        if count <= LARGEST_BYTES:
            spool.write(chunk)
            digest.update(chunk)
    spool.flush()
    if count > LARGEST_BYTES:
        raise FileTooLarge
    return digest.digest()


def _read_off() -> None:
    """A phone that is cut off while it sends never reads our answer, and tries again. So it may finish, unless that takes too long."""
    stream, left = get_input_stream(request.environ), _READ_OFF
    while left > 0 and (chunk := stream.read(_CHUNK)):
        left -= len(chunk)
