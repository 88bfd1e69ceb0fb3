"""Pages of one label each, or sheets of many. Bars are one path of whole dots, and plain text is text that can be searched."""

from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import Any

from app.labels import typesetting
from app.labels.label_rules import Drawing, Text
from app.labels.stock_rules import DOTS_PER_INCH, Sheet, Stock

POINTS = 72 / DOTS_PER_INCH  # in a dot
_fonts = Lock()  # they are shared by all documents, and reportlab reads a font's tables with one cursor


def render(drawings: Iterable[Drawing], stock: Stock, title: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    sheet = stock.sheet or Sheet(stock.width, stock.height, 0, 0, 1, 1)
    file = BytesIO()
    # Invariant: the same labels give the same bytes, so they keep their ETag.
    canvas = Canvas(file, pagesize=(sheet.width * POINTS, sheet.height * POINTS), invariant=1, pageCompression=1)
    canvas.setTitle(title)
    for place, drawing in enumerate(drawings):
        row, column = divmod(place % (sheet.columns * sheet.rows), sheet.columns)
        if place and row == column == 0:
            canvas.showPage()
        below = sheet.height - sheet.top - (row + 1) * stock.height
        canvas.saveState()
        canvas.transform(POINTS, 0, 0, POINTS, (sheet.left + column * stock.width) * POINTS, below * POINTS)
        _draw(drawing, canvas)
        canvas.restoreState()
    with _fonts:
        canvas.save()  # here the letters that were used are cut out of the fonts
    return file.getvalue()


def _draw(drawing: Drawing, canvas: Any) -> None:
    canvas.drawPath(_boxes(drawing), stroke=0, fill=1)
    for text in drawing.texts:
        for segment in typesetting.set_line(text.words, text.bold).segments:
            baseline = drawing.height - text.baseline
            if segment.shaped or not segment.face.embeds:
                _draw_outlines(segment, text, baseline, canvas)
            else:
                _draw_letters(segment, text, baseline, canvas)


def _boxes(drawing: Drawing) -> Any:
    """One path for all, so that no viewer shows seams. Written out here: reportlab's ``rect`` takes longer than all the rest together."""
    from reportlab.pdfgen.pathobject import PDFPathObject

    height = drawing.height
    return PDFPathObject([f"{left} {height - top - high} {wide} {high} re" for left, top, wide, high in drawing.boxes])


def _draw_letters(segment: typesetting.Segment, text: Text, baseline: int, canvas: Any) -> None:
    """Exactly as wide as it was measured: a PDF viewer knows nothing of kerning."""
    font = _font(segment.face)
    natural = font.stringWidth(segment.words, text.size)
    if natural:
        line = canvas.beginText(text.left + segment.left * text.size, baseline)
        line.setFont(font.fontName, text.size)
        line.setHorizScale(100 * segment.width * text.size / natural)
        line.textOut(segment.words)
        canvas.drawText(line)


def _draw_outlines(segment: typesetting.Segment, text: Text, baseline: int, canvas: Any) -> None:
    from reportlab.pdfgen.canvas import FILL_NON_ZERO

    scale = text.size / segment.face.units
    for glyph, across, up in segment.glyphs:
        if path := _path(segment.face, glyph):
            canvas.saveState()
            canvas.transform(scale, 0, 0, scale, text.left + across * text.size, baseline + up * text.size)
            canvas.drawPath(path, stroke=0, fill=1, fillMode=FILL_NON_ZERO)
            canvas.restoreState()


@lru_cache(maxsize=4096)
def _path(face: typesetting.Face, glyph: int) -> Any:
    """An outline as PDF has it, where every curve is cubic; None for a space."""
    from reportlab.pdfgen.pathobject import PDFPathObject

    path, at = PDFPathObject(), (0.0, 0.0)
    outline = face.outline(glyph)
    for step, points in outline:
        if step == "M":
            path.moveTo(*points)
        elif step == "L":
            path.lineTo(*points)
        elif step == "C":
            path.curveTo(*points)
        elif step == "Q":
            path.curveTo(*_cubic(at, points))
        else:
            path.close()
        at = (points[-2], points[-1]) if points else at
    return path if outline else None


def _cubic(start: tuple[float, float], points: tuple[float, ...]) -> list[float]:
    """A quadratic curve's one control point, two thirds of the way from either end."""
    (x0, y0), (x1, y1, x2, y2) = start, points
    return [x0 + (x1 - x0) * 2 / 3, y0 + (y1 - y0) * 2 / 3, x2 + (x1 - x2) * 2 / 3, y2 + (y1 - y2) * 2 / 3, x2, y2]


@lru_cache(maxsize=8)
def _font(face: typesetting.Face) -> Any:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _fonts:
        if face.name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face.name, BytesIO(face.data)))
        return pdfmetrics.getFont(face.name)
