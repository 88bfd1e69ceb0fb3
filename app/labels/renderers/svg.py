"""A picture without styles or scripts, so that the strictest policy lets it be shown. Letters are outlines; the words are its title."""

from html import escape

from app.labels import typesetting
from app.labels.label_rules import Drawing, Text
from app.labels.stock_rules import DOTS_PER_MM


def render(drawing: Drawing) -> bytes:
    width, height = drawing.width, drawing.height
    boxes = "".join(f"M{left} {top}h{wide}v{high}h-{wide}z" for left, top, wide, high in drawing.boxes)
    used: dict[str, str] = {}
    texts = "".join(_text(text, used) for text in drawing.texts)
    outlines = "".join(f'<path id="{name}" d="{path}"/>' for name, path in used.items())
    title = escape(", ".join(text.words for text in drawing.texts))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width / DOTS_PER_MM}mm" height="{height / DOTS_PER_MM}mm">'
        f'<title>{title}</title><defs>{outlines}</defs><rect width="{width}" height="{height}" fill="#fff"/>'
        f'<path d="{boxes}" shape-rendering="crispEdges"/>{texts}</svg>\n'
    ).encode()


def _text(text: Text, used: dict[str, str]) -> str:
    """Each glyph's outline is written once and then used wherever it stands."""
    parts: list[str] = []
    for segment in typesetting.set_line(text.words, text.bold).segments:
        units = segment.face.units
        uses = ""
        for glyph, across, up in segment.glyphs:
            if outline := segment.face.outline(glyph):
                name = f"{segment.face.name}-{glyph}"
                used.setdefault(name, _path(outline))
                uses += f'<use href="#{name}" x="{across * units:.0f}" y="{up * units:.0f}"/>'
        scale = f"{text.size / units:.5g}"
        parts.append(f'<g transform="matrix({scale} 0 0 -{scale} {text.left} {text.baseline})">{uses}</g>')
    return "".join(parts)


def _path(outline: typesetting.Outline) -> str:
    return "".join(step + " ".join(f"{number:g}" for number in points) for step, points in outline)
