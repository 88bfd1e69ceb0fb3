"""Images from strangers' phones. They are decoded in a process of their own (``encode_anew``), never in this one."""

import hashlib
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.clients.files.encode_anew import REFUSED
from app.clients.files.errors import ImagesBusy, NotAnImage

LARGEST_BYTES = 10 * 1024 * 1024
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
PATIENCE_SECONDS = 30.0
# Each may take half a gigabyte for a moment. Whoever comes while so many are at work waits for a turn.
AT_ONCE, TURN_SECONDS = 2, 20.0

log = logging.getLogger("fabclean.images")
_turns = threading.BoundedSemaphore(AT_ONCE)
_PROGRAM = str(Path(__file__).with_name("encode_anew.py"))


@dataclass(frozen=True, slots=True)
class Image:
    content: IO[bytes]
    media_type: str
    sha256: str
    size: int


@contextmanager
def encoded_anew(upload: IO[bytes]) -> Iterator[Image]:
    """The same picture without anything else that was in the file, or a refusal. ``upload`` is a real file: a process reads it."""
    if media_type_of(upload) is None:
        raise NotAnImage
    with tempfile.TemporaryFile() as content:
        _run(upload, content)
        media_type = media_type_of(content)
        if media_type is None:
            raise NotAnImage
        yield Image(content, media_type, hashlib.file_digest(content, "sha256").hexdigest(), content.tell())


def media_type_of(file: IO[bytes]) -> str | None:
    """What the content begins like, whatever its sender calls it. Leaves the file at its beginning."""
    file.seek(0)
    head = file.read(12)
    file.seek(0)
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if head[:4] == b"RIFF" and head[8:] == b"WEBP" else None


def _run(upload: IO[bytes], content: IO[bytes]) -> None:
    """Nothing of our environment goes along: there are secrets in it."""
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise ImagesBusy
    try:
        environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        command = [sys.executable, "-I", _PROGRAM]
        code = subprocess.run(  # noqa: S603  (a program of ours; what is strange comes in as its input)
            command, stdin=upload, stdout=content, stderr=subprocess.DEVNULL, cwd="/", env=environment, timeout=PATIENCE_SECONDS
        ).returncode
    except subprocess.TimeoutExpired:
        code = None
    finally:
        _turns.release()
    if code != 0:
        if code != REFUSED:
            log.warning("an uploaded image ended its process", extra={"code": code})
        raise NotAnImage
