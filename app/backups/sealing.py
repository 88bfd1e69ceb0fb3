"""Archives are sealed in pieces, so that one of many gigabytes needs a quarter of a megabyte of memory.

After a header that can be read without the key come pieces of ``PIECE`` bytes, each with ChaCha20-Poly1305 under a key made from ours,
the archive's own salt and the header. A piece's nonce is its number and whether it is the last. So a changed bit anywhere (in the
header too), a missing piece, two that changed places and an end that came too early are all the same: not an archive of ours.
"""

import hashlib
import hmac
import io
import json
import secrets
from collections.abc import Iterable
from typing import IO, Any

from app.backups.errors import BackupError, BadArchive

MAGIC = b"FabClean backup 1\n"
PIECE = 256 * 1024
TAG = 16
LONGEST_HEADER = 64 * 1024
SHORTEST_KEY = 32
HOW = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


class Keys:
    """The first seals, all of them open: so a key can be changed, and older archives still be read."""

    def __init__(self, given: Iterable[str]):
        self._keys = {_id_of(key): key.encode() for key in given}
        if not self._keys:
            raise BackupError(f"BACKUP_KEY is not set. Without it backups are not made: they would lie open. Do {HOW}")

    @classmethod
    def of(cls, setting: str) -> "Keys":
        given = [key.strip() for key in setting.split(",") if key.strip()]
        if any(len(key) < SHORTEST_KEY for key in given):
            raise BackupError(f"BACKUP_KEY is shorter than {SHORTEST_KEY} characters; {HOW}")
        return cls(given)

    @property
    def newest(self) -> str:
        return next(iter(self._keys))

    def cipher(self, header: bytes) -> Any:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        said = _read(header)
        key = self._keys.get(said["key"])
        if key is None:
            raise BadArchive(f"This archive was sealed with another key ({said['key']}); BACKUP_KEY has {', '.join(self._keys)}.")
        return ChaCha20Poly1305(HKDF(hashes.SHA256(), 32, bytes.fromhex(said["salt"]), MAGIC + header).derive(key))


def _id_of(key: str) -> str:
    """By which a key is told from another, and from which nobody learns it."""
    return hmac.digest(key.encode(), b"fabclean backup key id", hashlib.sha256).hex()[:12]


class Sealing(io.RawIOBase):
    """Takes what is written, and writes it sealed. Only ``finish`` makes it whole."""

    def __init__(self, out: IO[bytes], keys: Keys, says: dict[str, Any]):
        header = json.dumps({**says, "key": keys.newest, "salt": secrets.token_hex(32)}).encode()
        self._out, self._cipher, self._waiting, self._number = out, keys.cipher(header), bytearray(), 0
        out.write(MAGIC + len(header).to_bytes(4, "big") + header)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), piece, None))
        self._number += 1


def read_header(source: IO[bytes]) -> tuple[bytes, dict[str, Any]]:
    """What an archive says of itself before it was opened: not to be trusted before it was."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BadArchive("This is no backup of FabClean, or its beginning is damaged.")
    length = int.from_bytes(source.read(4), "big")
    header = source.read(min(length, LONGEST_HEADER + 1))
    if len(header) != length:
        raise BadArchive("The beginning of this archive is damaged.")
    return header, _read(header)


class Opening(io.RawIOBase):
    """Reads what was sealed. Whoever reads to the end knows that all of it was there."""

    def __init__(self, source: IO[bytes], keys: Keys):
        header, self.says = read_header(source)
        self._source, self._cipher, self._number, self._ended = source, keys.cipher(header), 0, False
        self._next, self._open = self._block(), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._open and not self._ended:
            self._open = memoryview(self._open_one())
        count = min(len(into), len(self._open))
        into[:count] = self._open[:count]
        self._open = self._open[count:]
        return count

    def _open_one(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        block, self._next = self._next, self._block()
        self._ended = not self._next
        try:
            piece: bytes = self._cipher.decrypt(_nonce(self._number, last=self._ended), block, None)
        except (InvalidTag, ValueError) as failure:
            raise BadArchive("This archive is damaged or cut: what is in it is not what was written.") from failure
        self._number += 1
        return piece

    def _block(self) -> bytes:
        return self._source.read(PIECE + TAG)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _read(header: bytes) -> dict[str, Any]:
    try:
        said = json.loads(header)
        bytes.fromhex(said["salt"])
        return {**said, "key": str(said["key"])}
    except (ValueError, KeyError, TypeError) as failure:
        raise BadArchive("The beginning of this archive is damaged.") from failure
