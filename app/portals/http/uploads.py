"""Files coming in and going out. A file has no name of its sender's making here, only bytes; and no browser ever runs what it gets."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flask import Response, current_app, request, send_file
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from app.clients.files.images import LARGEST_BYTES, SUFFIXES
from app.clients.files.store import FileStore
from app.core.errors import Invalid
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
    sentence = f"The file is larger than {LARGEST_BYTES // 1024**2} MB."


def store() -> FileStore:
    """This business's own folder: nothing of one is ever found by another."""
    return FileStore(Path(current_app.config["INSTANCE"]) / "files" / current_business().slug)


@contextmanager
def received() -> Iterator[IO[bytes]]:
    """The one uploaded file, counted while it flows onto the disk. This door alone lets so much in."""
    request.max_content_length = LARGEST_BYTES + _WRAPPING
    with tempfile.TemporaryFile() as spool:
        try:
            _copy(_source(), spool)
        except RequestEntityTooLarge as failure:
            _read_off()
            raise FileTooLarge from failure
        yield spool


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


def _source() -> IO[bytes]:
    if request.mimetype in SUFFIXES:
        return request.stream
    files = [file for files in request.files.listvalues() for file in files]
    if len(files) != 1:
        raise ExpectedImage
    return files[0].stream


def _copy(source: IO[bytes], spool: IO[bytes]) -> None:
    """What is too much is read to its end, which is not far (``max_content_length``), but not kept."""
    count = 0
    while chunk := source.read(_CHUNK):
        count += len(chunk)
        if count <= LARGEST_BYTES:
            spool.write(chunk)
    spool.flush()
    if count > LARGEST_BYTES:
        raise FileTooLarge


def _read_off() -> None:
    """A phone that is cut off while it sends never reads our answer, and tries again. So it may finish, unless that takes too long."""
    stream, left = get_input_stream(request.environ), _READ_OFF
    while left > 0 and (chunk := stream.read(_CHUNK)):
        left -= len(chunk)
