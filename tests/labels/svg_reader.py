"""Draws our SVG at one dot for each unit of its view box. It knows the few elements a label may have, and refuses every other."""

import re
from itertools import pairwise
from xml.etree import ElementTree

from PIL import Image, ImageDraw

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg": {"role", "viewBox", "width", "height"},
    "title": set(),
    "defs": set(),
    "rect": {"width", "height", "fill"},
    "path": {"id", "d", "shape-rendering"},
    "g": {"transform"},
    "use": {"href", "x", "y"},
}
STEPS = re.compile(r"([MLQCZ])([^MLQCZ]*)")
BOX = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z")
Point = tuple[float, float]


def read(source: bytes) -> ElementTree.Element:
    root = ElementTree.fromstring(source)
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        assert set(element.attrib) <= ALLOWED[name], f"<{name}> has {element.attrib}"
    return root


def draw(source: bytes) -> Image.Image:
    root = read(source)
    width, height = map(int, root.attrib["viewBox"].split()[2:])
    image = Image.new("1", (width, height), 1)
    pencil = ImageDraw.Draw(image)
    for path in root.findall(f"{SVG}path"):
        _draw_boxes(path.attrib["d"], pencil)
    outlines = {f"#{path.attrib['id']}": _contours(path.attrib["d"]) for path in root.iterfind(f"{SVG}defs/{SVG}path")}
    for group in root.findall(f"{SVG}g"):
        across, _, _, down, left, baseline = map(float, group.attrib["transform"].removeprefix("matrix(").removesuffix(")").split())
        for use in group:
            x, y = float(use.attrib["x"]), float(use.attrib["y"])
            _fill([[(left + across * (x + a), baseline + down * (y + b)) for a, b in line] for line in outlines[use.attrib["href"]]], image)
    return image


def _draw_boxes(path: str, pencil: ImageDraw.ImageDraw) -> None:
    boxes = BOX.findall(path)
    assert "".join(f"M{a} {b}h{c}v{d}h-{c}z" for a, b, c, d, _ in boxes) == path
    for left, top, wide, high, _ in ([int(number) for number in box] for box in boxes):
        pencil.rectangle((left, top, left + wide - 1, top + high - 1), fill=0)


def _contours(path: str) -> list[list[Point]]:
    contours: list[list[Point]] = []
    for step, numbers in STEPS.findall(path):
        points = [float(number) for number in numbers.split()]
        pairs = list(zip(points[::2], points[1::2], strict=True))
        if step == "M":
            contours.append(pairs)
        elif step == "L":
            contours[-1] += pairs
        elif step in "QC":
            contours[-1] += [_bezier([contours[-1][-1], *pairs], part / 6) for part in range(1, 7)]
    return contours


def _bezier(points: list[Point], part: float) -> Point:
    while len(points) > 1:
        points = [(a + (c - a) * part, b + (d - b) * part) for (a, b), (c, d) in pairwise(points)]
    return points[0]


def _fill(contours: list[list[Point]], image: Image.Image) -> None:
    """Every point inside an odd number of contours, at four times the size and then by majority."""
    if not contours:
        return
    left, top = int(min(x for line in contours for x, _ in line)) - 1, int(min(y for line in contours for _, y in line)) - 1
    right, bottom = int(max(x for line in contours for x, _ in line)) + 2, int(max(y for line in contours for _, y in line)) + 2
    inked = Image.new("1", (4 * (right - left), 4 * (bottom - top)), 0)
    for line in contours:
        one = Image.new("1", inked.size, 0)
        ImageDraw.Draw(one).polygon([(4 * (x - left), 4 * (y - top)) for x, y in line], fill=1)
        inked = Image.composite(inked.point(lambda dot: 255 - dot), inked, one)
    small = inked.convert("L").resize((right - left, bottom - top), Image.Resampling.BOX)
    image.paste(0, (left, top), small.point(lambda grey: 255 if grey >= 112 else 0, "1"))
