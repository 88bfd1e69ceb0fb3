"""Black or white dots, exactly those a 203 dpi printer burns: a grey edge would come out as a random pattern."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.labels import typesetting
from app.labels.label_rules import Drawing, Text
from app.labels.stock_rules import DOTS_PER_INCH

if TYPE_CHECKING:
    from PIL import Image

DARK_FROM = 112  # of 255 parts of a dot covered; a little under half keeps thin strokes whole


def render(drawing: Drawing) -> bytes:
    file = BytesIO()
    dots(drawing).save(file, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return file.getvalue()


def dots(drawing: Drawing) -> "Image.Image":
    """0 is black, 1 is white."""
    from PIL import ImageDraw

    image = _letters(drawing)
    pencil = ImageDraw.Draw(image)
    for left, top, width, height in drawing.boxes:
        pencil.rectangle((left, top, left + width - 1, top + height - 1), fill=0)
    return image


def _letters(drawing: Drawing) -> "Image.Image":
    import uharfbuzz
    from PIL import Image

    raster = uharfbuzz.RasterDraw()
    raster.extents = uharfbuzz.RasterExtents(0, 0, drawing.width, drawing.height, 0)
    for text in drawing.texts:
        _draw(text, raster, drawing.height)
    coverage = raster.render()
    if coverage is None:
        return Image.new("1", (drawing.width, drawing.height), 1)
    # HarfBuzz counts rows from below.
    grey = Image.frombytes("L", (drawing.width, drawing.height), coverage.buffer, "raw", "L", coverage.extents.stride, -1)
    return grey.point([255] * DARK_FROM + [0] * (256 - DARK_FROM), "1")


def _draw(text: Text, raster: Any, height: int) -> None:
    for segment in typesetting.set_line(text.words, text.bold).segments:
        scale = text.size / segment.face.units
        for glyph, across, up in segment.glyphs:
            at = (text.left + across * text.size, height - text.baseline + up * text.size)
            raster.transform = (scale, 0, 0, scale, *at)
            raster.draw_glyph(segment.face.font, glyph)
