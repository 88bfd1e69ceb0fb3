"""Where everything on a label goes, in whole dots. One geometry; the renderers only draw it.

The bars stand at the foot with the code in letters below and the number of pieces beside them. The QR code is in the upper right
corner, and the lines of text flow round it. Sizes follow the stock.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.labels.errors import UnprintableCode
from app.labels.stock_rules import Stock

QUIET_BARS, QUIET_QR = 10, 4  # modules of white a reader needs
SMALLEST_QR = 2
LINE_HEIGHT, ASCENT = 1.2, 0.93  # of the font's size
DIGIT_HEIGHT = 0.7  # a line of digits only: nothing of it hangs below
ROUNDING = 0.01  # dots

Box = tuple[int, int, int, int]  # left, top, width, height
Measure = Callable[[str, bool], float]  # the width of a text set in size 1, bold or not


@dataclass(frozen=True, slots=True)
class Label:
    """What is said on it."""

    code: str
    link: str
    business: str
    number: str
    customer: str
    due: str
    services: tuple[tuple[int, str], ...]

    @property
    def pieces(self) -> int:
        return sum(quantity for quantity, _ in self.services)


@dataclass(frozen=True, slots=True)
class Text:
    """One line. It stays within its box; ``baseline`` is what its letters stand on."""

    words: str
    left: int
    top: int
    width: float
    height: int
    baseline: int
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]


def place(label: Label, stock: Stock, bars: str, matrix: Sequence[str], measure: Measure) -> Drawing:
    layout = _Layout(stock, bars, measure)
    layout.put_foot(label)
    layout.put_qr(matrix)
    layout.put_head(label)
    layout.put_services(label.services)
    return Drawing(stock.width, stock.height, tuple(layout.boxes), tuple(layout.texts))


def fit(words: str, room: float, measure: Measure, *, bold: bool) -> str:
    """As much of a text as there is room for, in multiples of its size. What was cut off is shown by an ellipsis."""
    if measure(words, bold) <= room:
        return words
    if measure("…", bold) > room:
        return ""
    shortest, longest = 0, len(words)
    while shortest < longest:
        middle = (shortest + longest + 1) // 2
        if measure(_cut(words, middle), bold) <= room:
            shortest = middle
        else:
            longest = middle - 1
    return _cut(words, shortest)


def _cut(words: str, length: int) -> str:
    while 0 < length < len(words) and (unicodedata.category(words[length])[0] in "MC" or words[length - 1] in "\u200c\u200d"):
        length -= 1  # a letter keeps its marks
    return words[:length].rstrip(" ·") + "…"


def list_services(services: Sequence[tuple[int, str]], lines: int) -> list[str]:
    """A line for each while there is room; the last one says how many are not listed."""
    listed = [f"{quantity} × {name}" for quantity, name in services]
    if len(listed) <= lines:
        return listed
    if lines < 2:
        return [" · ".join(listed[:12])][:lines]
    return [*listed[: lines - 1], f"+ {len(listed) - lines + 1} more"]


class _Layout:
    def __init__(self, stock: Stock, bars: str, measure: Measure):
        self.stock, self.bars, self.measure = stock, bars, measure
        self.boxes: list[Box] = []
        self.texts: list[Text] = []
        self.module, self.margin = self._widest_bars()
        self.top = max(self._dots(11), stock.edge)  # from here to the bottom is free
        self.bottom = stock.height - max(self._dots(8), stock.edge)
        self.qr: Box | None = None  # with its quiet zone
        self.beside_due = ""

    def _widest_bars(self) -> tuple[int, int]:
        """How many dots a module of the bars has, and how far from the rim they begin: as wide as the label allows."""
        for module in (3, 2):
            margin = max(QUIET_BARS * module, self.stock.edge)
            if len(self.bars) * module + 2 * margin <= self.stock.width:
                return module, margin
        raise UnprintableCode("This code is too long for the bars of this label. Choose a wider one.")

    def put_foot(self, label: Label) -> None:
        size, width = self._dots(18), len(self.bars) * self.module
        code_top = self.bottom - round(LINE_HEIGHT * size)
        self.bottom = code_top - self._dots(4) - self.stock.bar_height
        self.boxes += [
            (self.margin + first * self.module, self.bottom, length * self.module, self.stock.bar_height)
            for first, length in dark_runs(self.bars)
        ]
        self._set(_in_fours(label.code), code_top, size, self.margin, width)
        self._put_pieces(label.pieces, code_top, size, self.margin + width + QUIET_BARS * self.module)

    def put_qr(self, matrix: Sequence[str]) -> None:
        """As large as its share of the label allows; a link too long even for small modules is left out."""
        upright, side = self.stock.width < self.stock.height, len(matrix)
        room = min((0.4 if upright else 0.25) * self.stock.width, self.bottom - self.top)
        module = max(SMALLEST_QR, int(room // (side or 1)))
        quiet = QUIET_QR * module
        if not side or side * module > min(0.45 * self.stock.width, self.bottom - self.top - quiet):
            return
        left = self.stock.width - self.margin - side * module
        top = self.bottom - quiet - side * module if upright else max(self.top, quiet)
        self.boxes += [
            (left + first * module, top + row * module, length * module, module)
            for row, modules in enumerate(matrix)
            for first, length in dark_runs(modules)
        ]
        self.qr = (left - quiet, top - quiet, side * module + 2 * quiet, side * module + 2 * quiet)

    def put_head(self, label: Label) -> None:
        self._line(label.business, self._dots(17))
        self.top += self._dots(5)
        self._line(label.number, self._dots(55), bold=True, digits=True, smallest=self._dots(20))
        self.top += self._dots(7)
        self._line(label.customer, self._dots(28), bold=True, smallest=self._dots(22))
        self._line(label.due + self.beside_due, self._dots(21), smallest=self._dots(17))

    def put_services(self, services: Sequence[tuple[int, str]]) -> None:
        size = self._dots(19)
        lines = (self.bottom - self.top) // round(LINE_HEIGHT * size)
        if lines > 3:
            self._rule()
            lines = (self.bottom - self.top - self._dots(8)) // round(LINE_HEIGHT * size)
        for words in list_services(services, lines):
            self._line(words, size)

    def _put_pieces(self, pieces: int, code_top: int, size: int, left: int) -> None:
        """How many pieces belong together, large: it is what the packer counts."""
        room = self.stock.width - self.margin - left
        word, number = "piece" if pieces == 1 else "pieces", str(pieces)
        if room < size * self.measure(word, False):
            self.beside_due = f" · {number} {word}"
            return
        large = min(self.stock.bar_height / DIGIT_HEIGHT, room / self.measure(number, True))
        number_top = code_top - self._dots(4) - round(DIGIT_HEIGHT * large)
        self._set(number, number_top, large, left, room, bold=True, digits=True, to_the_right=True)
        self._set(word, code_top, size, left, room, to_the_right=True)

    def _rule(self) -> None:
        self.boxes.append((self.margin, self.top + self._dots(8), self.stock.width - 2 * self.margin, 2))
        self.top += self._dots(16)

    def _line(self, words: str, size: float, *, smallest: float = math.inf, bold: bool = False, digits: bool = False) -> None:
        """The next line from the top. It may shrink down to ``smallest`` before anything is cut off."""
        height = round((DIGIT_HEIGHT if digits else LINE_HEIGHT) * size)
        room = self._room(height)
        wide = self.measure(words, bold) * size
        size *= max(min(smallest / size, 1), min(room / (wide or 1), 1))
        self._set(words, self.top, size, self.margin, room, bold=bold, digits=digits)
        self.top += height

    def _set(
        self,
        words: str,
        top: int,
        size: float,
        left: int,
        room: int,
        *,
        bold: bool = False,
        digits: bool = False,
        to_the_right: bool = False,
    ) -> None:
        words = fit(words, (room + ROUNDING) / size, self.measure, bold=bold)
        if not words:
            return
        width = min(self.measure(words, bold) * size, room)
        baseline = top + round((DIGIT_HEIGHT if digits else ASCENT) * size)
        height = round((DIGIT_HEIGHT if digits else LINE_HEIGHT) * size)
        self.texts.append(Text(words, left + (int(room - width) if to_the_right else 0), top, width, height, baseline, size, bold))

    def _room(self, height: int) -> int:
        """How wide the next line may be: beside the QR code it ends before that."""
        right = self.stock.width - self.margin
        if self.qr is not None and self.top < self.qr[1] + self.qr[3] and self.top + height > self.qr[1]:
            right = self.qr[0]
        return right - self.margin

    def _dots(self, length: int) -> int:
        return round(length * self.stock.scale)


def dark_runs(modules: str) -> list[tuple[int, int]]:
    """Where each run of dark modules begins, and how long it is."""
    return [(match.start(), match.end() - match.start()) for match in re.finditer("1+", modules)]


def _in_fours(code: str) -> str:
    """As people read it aloud; the spaces are forgiven when it is typed."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))
