"""From words to outlines, with fonts that come with the application: a label looks the same on every machine and printer.

HarfBuzz joins and orders the letters of each script. All lengths here are in units of the font's size.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from app.labels.text_rules import in_visual_order

Outline = tuple[tuple[str, tuple[float, ...]], ...]  # M, L, Q, C and Z with their points, in the font's own units


class Face:
    """One font. It is loaded when a text first needs it."""

    def __init__(self, package: str, resource: str, *, embeds: bool):
        self.package, self.resource = package, resource
        self.embeds = embeds  # a PDF can hold it as a font, so that its text can be searched and copied
        self.name = resource.rpartition("/")[2].partition(".")[0]

    @cached_property
    def data(self) -> bytes:
        if self.resource.endswith((".ttf", ".ttc", ".otf")):
            return files(self.package).joinpath(self.resource).read_bytes()
        return bytes(import_module(f"{self.package}.{self.resource}").fontbuffer)

    @cached_property
    def font(self) -> Any:
        import uharfbuzz

        return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(self.data)))

    @cached_property
    def units(self) -> int:
        return int(self.font.face.upem)

    @cached_property
    def characters(self) -> Any:
        return self.font.face.unicodes

    @lru_cache(maxsize=4096)  # noqa: B019 - the few faces live as long as the process
    def outline(self, glyph: int) -> Outline:
        steps: list[tuple[str, tuple[float, ...]]] = []
        self.font.draw_glyph(glyph, _pen(), steps)
        return tuple(steps)


# FiraGO: Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari, Thai, Georgian. Micro Hei: Chinese, Japanese, Korean. Symbols: some emoji.
_REGULAR = Face("pymupdf_fonts", "FiraGO_Regular", embeds=True)
_BOLD = Face("pymupdf_fonts", "FiraGO_Bold", embeds=True)
_OTHERS = (
    Face("paperang_p2_fonts_cjk", "fonts/wqy-microhei.ttc", embeds=True),
    Face("pymupdf_fonts", "NotoSansSymbols2_Regular", embeds=False),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a line in one font, ``left`` of the line's beginning, ``width`` wide."""

    words: str
    face: Face
    left: float
    width: float
    shaped: bool  # its glyphs are not simply one for each letter, side by side
    glyphs: tuple[tuple[int, float, float], ...]  # which one, and where from the line's beginning


@dataclass(frozen=True, slots=True)
class Line:
    segments: tuple[Segment, ...]
    width: float


def covered(character: str) -> bool:
    return _face_of(character, bold=False) is not None


def measure(words: str, bold: bool) -> float:
    return set_line(words, bold).width


@lru_cache(maxsize=4096)
def set_line(words: str, bold: bool) -> Line:
    segments: list[Segment] = []
    width = 0.0
    for part, backwards in in_visual_order(words):
        pieces = list(_in_one_font(part, bold=bold))
        for text, face in reversed(pieces) if backwards else pieces:
            segment = _shape(text, face, backwards=backwards, left=width)
            segments.append(segment)
            width += segment.width
    return Line(tuple(segments), width)


def _shape(text: str, face: Face, *, backwards: bool, left: float) -> Segment:
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if backwards else "ltr"
    uharfbuzz.shape(face.font, buffer, {})
    glyphs: list[tuple[int, float, float]] = []
    at = 0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append((info.codepoint, left + (at + position.x_offset) / face.units, position.y_offset / face.units))
        at += position.x_advance
    return Segment(text, face, left, at / face.units, backwards or any(map(_needs_shaping, text)), tuple(glyphs))


def _in_one_font(text: str, *, bold: bool) -> Iterator[tuple[str, Face]]:
    """Pieces of one font and one script: HarfBuzz wants no mixture. Spaces, marks and joiners stay with what is before them."""
    piece, piece_face, piece_script = "", None, ""
    for character in text:
        script = _script(character)
        stays = piece_face is not None and (unicodedata.category(character)[0] in "MCZ" and _covers(piece_face, character))
        face = piece_face if stays else _face_of(character, bold=bold) or piece_face or _REGULAR
        if piece_face is not None and (face is not piece_face or (script and piece_script and script != piece_script)):
            yield piece, piece_face
            piece, piece_script = "", ""
        piece, piece_face, piece_script = piece + character, face, piece_script or script
    if piece_face is not None:
        yield piece, piece_face


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """The script, as Unicode's name of the letter begins; nothing for what is at home in every script."""
    return unicodedata.name(character, "").partition(" ")[0] if unicodedata.category(character)[0] == "L" else ""


@lru_cache(maxsize=4096)
def _face_of(character: str, *, bold: bool) -> Face | None:
    faces: Sequence[Face] = (_BOLD if bold else _REGULAR, *_OTHERS)
    return next((face for face in faces if ord(character) in face.characters), None)


def _covers(face: Face, character: str) -> bool:
    return character in "\u200c\u200d" or ord(character) in face.characters


def _needs_shaping(character: str) -> bool:
    return unicodedata.category(character)[0] in "MC" or "\u0600" <= character < "\u10a0"


@lru_cache(maxsize=1)
def _pen() -> Any:
    """Writes down what HarfBuzz draws."""
    import uharfbuzz

    pen = uharfbuzz.DrawFuncs()
    pen.set_move_to_func(lambda x, y, steps: steps.append(("M", (x, y))))
    pen.set_line_to_func(lambda x, y, steps: steps.append(("L", (x, y))))
    pen.set_quadratic_to_func(lambda a, b, x, y, steps: steps.append(("Q", (a, b, x, y))))
    pen.set_cubic_to_func(lambda a, b, c, d, x, y, steps: steps.append(("C", (a, b, c, d, x, y))))
    pen.set_close_path_func(lambda steps: steps.append(("Z", ())))
    return pen
