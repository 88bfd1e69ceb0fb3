"""Tables on sheets of A4, set with the labels' fonts: every script a label can print, a report can too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.labels import text_rules, typesetting
from app.labels.label_rules import Box, Drawing, Text
from app.labels.renderers import pdf
from app.labels.stock_rules import DOTS_PER_MM, Stock

WIDE, HIGH, EDGE = 210 * DOTS_PER_MM, 297 * DOTS_PER_MM, 18 * DOTS_PER_MM
A4 = Stock("a4", WIDE, HIGH, 1.0, 0)
SIZE, LINE = 27.0, 46  # dots: 9.5 point
PLOT_HIGH = 300
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Table:
    """The first column is text, the others are figures and stand at the right."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def written(title: str, lead: str, bars: Sequence[float], tables: Sequence[Table]) -> bytes:
    return pdf.render(list(_pages(title, lead, bars, tables)), A4, title)


def _pages(title: str, lead: str, bars: Sequence[float], tables: Sequence[Table]) -> Iterator[Drawing]:
    page = _Page()
    page.say(title, size=44.0, bold=True, after=64)
    page.say(lead, after=70)
    page.plot(bars)
    for table in tables:
        if page.left_over < 5 * LINE:
            yield page.drawn()
            page = _Page()
        page.say(table.heading, size=32.0, bold=True, after=LINE + 14)
        page.row(table.columns, bold=True)
        for row in table.rows:
            if page.left_over < LINE:
                yield page.drawn()
                page = _Page()
            page.row(row)
        page.down += LINE
    yield page.drawn()


class _Page:
    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.boxes: list[Box] = []
        self.down = EDGE

    @property
    def left_over(self) -> int:
        return HIGH - EDGE - self.down

    def drawn(self) -> Drawing:
        return Drawing(WIDE, HIGH, tuple(self.boxes), tuple(self.texts))

    def say(self, words: str, *, size: float = SIZE, bold: bool = False, after: int = LINE) -> None:
        self._set(words, EDGE, size, bold, WIDE - 2 * EDGE)
        self.down += after

    def row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        """The first column has what the others leave."""
        each = 250
        first = WIDE - 2 * EDGE - each * (len(cells) - 1)
        self._set(cells[0], EDGE, SIZE, bold, first - 20)
        for place, cell in enumerate(cells[1:], 1):
            cut = _cut(cell, each - 20, SIZE, bold)
            self._set(cut, EDGE + first + each * place - typesetting.measure(cut, bold) * SIZE, SIZE, bold, each)
        self.down += LINE
        self.boxes.append((EDGE, self.down - 12, WIDE - 2 * EDGE, 2 if bold else 1))

    def plot(self, bars: Sequence[float]) -> None:
        most = max(bars, default=0)
        if not most:
            return
        step = (WIDE - 2 * EDGE) // len(bars)
        for place, value in enumerate(bars):
            tall = round(PLOT_HIGH * value / most)
            self.boxes.append((EDGE + place * step + 3, self.down + PLOT_HIGH - tall, step - 6, tall))
        self.boxes.append((EDGE, self.down + PLOT_HIGH, WIDE - 2 * EDGE, 2))
        self.down += PLOT_HIGH + 2 * LINE

    def _set(self, words: str, left: float, size: float, bold: bool, most: float) -> None:
        cut = _cut(words, most, size, bold)
        self.texts.append(Text(cut, round(left), self.down, most, LINE, self.down + round(size), size, bold))


def _cut(words: str, most: float, size: float, bold: bool) -> str:
    words = text_rules.legible(text_rules.clean(words), typesetting.covered)
    if typesetting.measure(words, bold) * size <= most:
        return words
    while words and typesetting.measure(words + ELLIPSIS, bold) * size > most:
        words = words[:-1]
    return words + ELLIPSIS
