"""The labels people buy, on rolls and on sheets. Everything is measured in dots of a 203 dpi printer: exactly 8 to the millimetre."""

from dataclasses import dataclass

from app.core.words import say
from app.labels.errors import UnknownStock

DOTS_PER_MM = 8
DOTS_PER_INCH = 25.4 * DOTS_PER_MM


@dataclass(frozen=True, slots=True)
class Sheet:
    """Paper that carries several labels, side by side without gaps, the first one ``left`` and ``top`` from its corner."""

    width: int
    height: int
    left: int
    top: int
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Stock:
    name: str
    width: int
    height: int
    scale: float  # of the text, beside that of the smallest label
    bar_height: int
    edge: int = 0  # no printer is trusted to reach nearer to the rim
    sheet: Sheet | None = None


def _mm(length: float) -> int:
    return round(length * DOTS_PER_MM)


STOCKS = {
    stock.name: stock
    for stock in (
        Stock("57x32", _mm(57), _mm(32), 1.0, _mm(6.5)),
        Stock("100x50", _mm(100), _mm(50), 1.5, _mm(11)),
        Stock("62x100", _mm(62), _mm(100), 1.7, _mm(15)),
        Stock("a4-24", _mm(70), _mm(37), 0.92, _mm(6), _mm(4.5), Sheet(_mm(210), _mm(297), 0, _mm(0.5), 3, 8)),
    )
}
DEFAULT_STOCK = "57x32"


def get_stock(name: str) -> Stock:
    if name not in STOCKS:
        raise UnknownStock(say("There is no label stock %(name)r. Known are %(known)s.", name=name[:40], known=", ".join(STOCKS)))
    return STOCKS[name]
