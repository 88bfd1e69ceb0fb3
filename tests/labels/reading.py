"""What tests of labels share: labels to print, and every format as the dots a 203 dpi printer would burn, read back by a scanner."""

import io
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image

from app.core import ids
from app.labels import label_service
from app.labels.label_rules import Drawing, Label
from app.labels.stock_rules import STOCKS
from tests.labels import svg_reader, zpl_reader

DPI = 203
KINDS = ("svg", "png", "pdf", "zpl")
CODE = "k3x97q2m4tza"
LINK = "https://fabclean.example/track/Zk3tXq9wPz-1aB_cD2eF3g"
DEVANAGARI, ARABIC, CHINESE, CYRILLIC = "प्रेमचंद्र क्षत्रिय", "محمد عبد الله", "張偉國", "Жанна Щукина"


def label(**changes: Any) -> Label:
    said = {
        "code": CODE,
        "link": LINK,
        "business": "FabClean Koramangala",
        "number": "1042",
        "customer": "Asha Rao",
        "due": "Due Tue 24 Nov 18:00",
        "services": ((2, "Shirt"), (1, "Two-piece suit")),
    }
    return Label(**(said | changes))


def labels(count: int) -> list[Label]:
    """All different."""
    return [label(code=ids.new_code(), number=str(1000 + n), link=f"{LINK[:-4]}{n:04}", customer=f"Customer {n}") for n in range(count)]


def dots(printed: Label, stock: str, kind: str) -> Image.Image:
    content = label_service.render(printed, stock, kind).content
    if kind == "pdf":
        return pages(content)[0]
    if kind == "png":
        return Image.open(io.BytesIO(content))
    return (svg_reader if kind == "svg" else zpl_reader).draw(content)


def pages(content: bytes, dpi: float = DPI) -> list[Image.Image]:
    return [page.render(scale=dpi / 72).to_pil() for page in pypdfium2.PdfDocument(content)]


def scanned(image: Image.Image) -> list[tuple[str, str]]:
    """What kind of code, and what it says. The reader gets one straight look, as from a scanner at the counter."""
    kinds = (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(image.convert("L"), formats=kinds, try_rotate=False, try_downscale=False, try_invert=False)
    return sorted((code.format.name, code.text) for code in found)


def drawn(printed: Label, stock: str) -> Drawing:
    return label_service._draw(printed, STOCKS[stock])


def ink(image: Image.Image) -> int:
    """How many dots are black."""
    return sum(image.convert("L").histogram()[:128])
