"""Files that drivers send, honest ones and others."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

from app.clients.files.images import LARGEST_BYTES

ORIENTATION, MAKER, DATED, GPS = 0x0112, 0x010F, 0x9003, 0x8825
SECRET_PLACE = "Hidden Lane 7"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), color: str = "red", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, kind, **options)
    return file.getvalue()


def with_exif(kind: str = "JPEG") -> bytes:
    """A photo held sideways, whose file says where it was taken and with what."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, SECRET_PLACE
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (12.0, 58.0, 17.5)
    image = Image.new("RGB", (40, 30), "red")
    image.paste("blue", (0, 0, 40, 15))  # blue above, as the sensor saw it
    file = io.BytesIO()
    options: dict[str, Any] = {"comment": SECRET_PLACE.encode()} if kind == "JPEG" else {}
    image.save(file, kind, exif=exif, **options)
    return file.getvalue()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    packed = [struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def bomb(width: int = 13_000, height: int = 13_000) -> bytes:
    """One bit a pixel and all of them white: some kilobytes that are 21 MB of bits, and 676 MB once somebody makes colours of them."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    squeezed = zlib.compress((b"\0" + b"\xff" * ((width + 7) // 8)) * height, 9)
    return png((b"IHDR", header), (b"IDAT", squeezed), (b"IEND", b""))


def text_bomb() -> bytes:
    """A note inside a tiny picture that unpacks to 300 MB."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    note = b"note\0\0" + zlib.compress(b"\0" * 300_000_000, 9)
    return png((b"IHDR", header), (b"zTXt", note), (b"IDAT", zlib.compress(b"\0\0\0\0")), (b"IEND", b""))


def liar(width: int, height: int) -> bytes:
    """Its header promises more pixels than follow."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return png((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))


SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HOSTILE: dict[str, bytes] = {
    "nothing at all": b"",
    "one byte": b"\xff",
    "a bomb of 169 megapixels": bomb(),
    "a bomb of just over 25 megapixels": bomb(5001, 5000),
    "a bomb in a note": text_bomb(),
    "a header that lies": liar(4000, 4000),
    "a header of two billion pixels": liar(2**31 - 1, 1),
    "no pixels": liar(0, 0),
    "SVG": SVG,
    "HTML": b"<!doctype html>" + SCRIPT,
    "only a signature": b"\x89PNG\r\n\x1a\n",
    "a JPEG cut short": picture(size=(400, 300))[:700],
    "a PNG cut short": picture("PNG", (400, 300))[:-40],
    "a WebP cut short": picture("WEBP", (400, 300))[:-40],
    "a GIF": picture("GIF"),
    "a TIFF": picture("TIFF"),
    "a BMP": picture("BMP"),
    "a PDF": picture("PDF"),
    "a JPEG 2000": picture("JPEG2000"),
    "a GIF that says PNG": b"\x89PNG\r\n\x1a\n" + picture("GIF"),
    "a TIFF that says JPEG": b"\xff\xd8\xff" + picture("TIFF"),
    "HTML that says JPEG": b"\xff\xd8\xff" + SCRIPT * 20,
    "HTML that says WebP": b"RIFF\x00\x00\x10\x00WEBP" + SCRIPT * 20,
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file",
    "a program": b"\x7fELF" + b"\0" * 100,
}
TOO_LARGE = picture() + b"\0" * (LARGEST_BYTES + 1024 * 1024)
