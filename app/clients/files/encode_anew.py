"""A program of its own, started by ``images``: reads an image nobody can trust from its input and writes a harmless one.

It first gives up most of its memory and time, so that a bomb takes down this process and nothing else. Only pixels survive: where a
photo was taken, by whom, and whatever was hidden behind or between them is not written again.
"""

import resource
import sys
import warnings
from typing import Any

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 25_000_000
# 25 megapixels are 100 MB once decoded; turning them takes as much again, and a progressive JPEG its coefficients.
LIMITS = {
    resource.RLIMIT_AS: 640 * 1024 * 1024,
    resource.RLIMIT_CPU: 20,
    resource.RLIMIT_FSIZE: 48 * 1024 * 1024,
    resource.RLIMIT_CORE: 0,
}
REFUSED = 65  # EX_DATAERR
OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"quality": 88}, "PNG": {}, "WEBP": {"quality": 85}}


def confine() -> None:
    for limit, most in LIMITS.items():
        resource.setrlimit(limit, (most, most))


def main() -> int:
    confine()
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(sys.stdin.buffer, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:  # known from the header, before a pixel is decoded
                return REFUSED
            kind = "JPEG" if image.format == "MPO" else str(image.format)  # phones put several JPEGs into one file; the first counts
            clean = pixels_of(image, kind)
            clean.save(sys.stdout.buffer, kind, **OPTIONS[kind])
            sys.stdout.buffer.flush()
    except (Exception, MemoryError):  # whatever a decoder stumbles over, the answer is the same
        return REFUSED
    return 0


def pixels_of(image: Any, kind: str) -> Any:
    """The right way up, and without anything that is not a pixel."""
    from PIL import ImageOps

    image.load()
    see_through = kind != "JPEG" and ("A" in image.getbands() or "transparency" in image.info)
    grey = image.mode in ("1", "L", "I", "I;16")
    clean = ImageOps.exif_transpose(image).convert("RGBA" if see_through else "L" if grey else "RGB")
    clean.info.clear()
    return clean


if __name__ == "__main__":
    sys.exit(main())
