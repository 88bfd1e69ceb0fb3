"""A page of A4 in the fonts of the labels, which have every script a name may be written in: a title, facts and a table. What it says is
whoever asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.labels import typesetting
from app.labels.label_rules import Box, Drawing, Text
from app.labels.renderers import pdf
from app.labels.stock_rules import DOTS_PER_MM, Stock

WIDTH, HEIGHT, EDGE = 210 * DOTS_PER_MM, 297 * DOTS_PER_MM, 20 * DOTS_PER_MM
SMALL, PLAIN, LARGE = 10 * 203 // 72, 11 * 203 // 72, 20 * 203 // 72  # points, in dots
LEADING = 1.5


@dataclass(frozen=True, slots=True)
class Paper:
    title: str
    sender: Sequence[str]
    receiver: Sequence[str]
    facts: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str, str]]  # the head first, the sum last
    foot: Sequence[str]


def render(paper: Paper) -> bytes:
    sheet = _Sheet()
    for line in paper.sender:
        sheet.line(line, size=SMALL)
    sheet.gap()
    sheet.line(paper.title, size=LARGE, bold=True)
    sheet.gap()
    for line in paper.receiver:
        sheet.line(line)
    sheet.gap()
    for word, fact in paper.facts:
        sheet.columns(word, "", fact)
    sheet.gap()
    for place, row in enumerate(paper.rows):
        sheet.columns(*row, bold=place in (0, len(paper.rows) - 1), ruled=True)
    sheet.gap()
    for line in paper.foot:
        sheet.line(line, size=SMALL)
    drawing = Drawing(WIDTH, HEIGHT, tuple(sheet.boxes), tuple(sheet.texts))
    return pdf.render([drawing], Stock("a4", WIDTH, HEIGHT, 1.0, 0), paper.title)


class _Sheet:
    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.boxes: list[Box] = []
        self.top = EDGE

    def gap(self) -> None:
        self.top += round(PLAIN * LEADING)

    def line(self, words: str, *, size: int = PLAIN, bold: bool = False) -> None:
        self._put(words, EDGE, size, bold=bold)
        self.top += round(size * LEADING)

    def columns(self, left: str, middle: str, right: str, *, bold: bool = False, ruled: bool = False) -> None:
        """The first from the left, the others to the right."""
        self._put(left, EDGE, PLAIN, bold=bold)
        for words, end in ((middle, WIDTH * 2 // 3), (right, WIDTH - EDGE)):
            self._put(words, end - round(typesetting.measure(words, bold) * PLAIN), PLAIN, bold=bold)
        self.top += round(PLAIN * LEADING)
        if ruled:
            self.boxes.append((EDGE, self.top, WIDTH - 2 * EDGE, 1))
            self.top += PLAIN // 2

    def _put(self, words: str, left: int, size: int, *, bold: bool) -> None:
        width = typesetting.measure(words, bold) * size
        if words:
            self.texts.append(Text(words, left, self.top, width, size, self.top + size, float(size), bold))
