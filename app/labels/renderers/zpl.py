"""For label printers that speak ZPL: the whole label as one picture, dot for dot what the PNG shows.

The printer's own ^BC and ^BQ would be shorter. But they depend on its firmware and settings, choose the QR code's size themselves, and
know few scripts; and with a picture no text of ours ever reaches the printer as text, so that nobody's name can be a command.
"""

import re

from app.labels.label_rules import Drawing
from app.labels.renderers import png


def render(drawing: Drawing) -> bytes:
    width = (drawing.width + 7) // 8
    # A set bit prints. Pillow's rows are whole bytes, and what pads them is white.
    packed = png.dots(drawing).tobytes("raw", "1;I")
    rows = [packed[start : start + width] for start in range(0, len(packed), width)]
    picture = f"^GFA,{len(packed)},{len(packed)},{width},{_squeezed(rows)}"
    return f"^XA\n^PW{drawing.width}\n^LL{drawing.height}\n^LH0,0\n^FO0,0{picture}^FS\n^XZ\n".encode("ascii")


def _squeezed(rows: list[bytes]) -> str:
    """ZPL's own shorthand: ``:`` repeats the row above, ``,`` is white to the end, and letters say how often a digit stands."""
    parts: list[str] = []
    before = b""
    for row in rows:
        digits = row.hex().upper()
        inked = digits.rstrip("0")
        short = re.sub(r"(.)\1+", lambda run: _times(run[1], len(run[0])), inked)
        parts.append(":" if row == before else short + ("," if inked != digits else ""))
        before = row
    return "".join(parts)


def _times(digit: str, count: int) -> str:
    """G to Y count 1 to 19, g to z count 20 to 400 in twenties; they add up."""
    repeated = ""
    while count > 400:
        repeated, count = repeated + "z", count - 400
    twenties, ones = divmod(count, 20)
    if twenties:
        repeated += chr(ord("g") + twenties - 1)
    if ones:
        repeated += chr(ord("G") + ones - 1)
    return repeated + digit
