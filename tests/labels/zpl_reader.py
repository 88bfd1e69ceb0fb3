"""A label printer on paper: reads ZPL as the printer's manual says and gives the dots. What it does not know, it refuses."""

import re

from PIL import Image

COMMAND = re.compile(r"([\^~])([A-Z][A-Z0-9])([^\^~]*)")
COUNTS = {chr(ord("G") + place): place + 1 for place in range(19)} | {chr(ord("g") + place): 20 * (place + 1) for place in range(20)}


def commands(source: bytes) -> list[tuple[str, str]]:
    text = source.decode("ascii").replace("\n", "")
    found = [(match[1] + match[2], match[3]) for match in COMMAND.finditer(text)]
    assert "".join(name + rest for name, rest in found) == text, "something stands between the commands"
    return found


def draw(source: bytes) -> Image.Image:
    """0 is black, 1 is white, as on the label."""
    label: Image.Image | None = None
    width = height = 0
    origin = (0, 0)
    begun = ended = False
    for name, rest in commands(source):
        assert begun != (name == "^XA"), "a label begins once, with ^XA"
        assert not ended, "nothing comes after ^XZ"
        if name == "^XA":
            begun = True
        elif name == "^PW":
            width = int(rest)
        elif name == "^LL":
            height = int(rest)
        elif name == "^LH":
            assert rest == "0,0"
        elif name == "^FO":
            left, top = rest.split(",")
            origin = (int(left), int(top))
        elif name == "^GF":
            label = label or Image.new("1", (width, height), 1)
            label.paste(0, origin, picture(rest))
        elif name == "^XZ":
            ended = True
        else:
            assert name == "^FS", f"unknown command {name}"
    assert ended
    assert label is not None
    return label


def picture(arguments: str) -> Image.Image:
    """^GFA: a mask of the dots to burn."""
    form, sent, total, across, data = arguments.split(",", 4)
    assert form == "A"
    assert sent == total
    packed = bytes.fromhex(_unsqueezed(data, 2 * int(across)))
    assert len(packed) == int(total)
    return Image.frombytes("1", (8 * int(across), len(packed) // int(across)), packed)


def _unsqueezed(data: str, width: int) -> str:
    rows: list[str] = []
    row, times = "", 0
    for character in data:
        if character in COUNTS:
            times += COUNTS[character]
        elif character == ":":
            assert not row
            rows.append(rows[-1])
        elif character == ",":
            row = row.ljust(width, "0")
        elif character == "!":
            row = row.ljust(width, "F")
        else:
            row, times = row + character * (times or 1), 0
        assert len(row) <= width
        if len(row) == width:
            rows.append(row)
            row = ""
    assert not row
    assert not times
    return "".join(rows)
