"""From an order's plain data to a label in the format somebody asks for."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from app.labels import codes, label_rules, text_rules, typesetting
from app.labels.errors import NothingToPrint
from app.labels.label_rules import Drawing
from app.labels.label_rules import Label as Label
from app.labels.renderers import pdf, png, svg, zpl
from app.labels.stock_rules import DEFAULT_STOCK, STOCKS, Stock, get_stock

_RENDERERS: dict[str, tuple[str, Callable[[Drawing, Stock, str], bytes]]] = {
    "svg": ("image/svg+xml", lambda drawing, *_: svg.render(drawing)),
    "png": ("image/png", lambda drawing, *_: png.render(drawing)),
    "pdf": ("application/pdf", lambda drawing, stock, title: pdf.render([drawing], stock, title)),
    "zpl": ("application/zpl", lambda drawing, *_: zpl.render(drawing)),
}
# By hand, because strftime speaks the server's language.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Printed:
    content: bytes
    media_type: str
    etag: str


def stock_names() -> list[str]:
    return list(STOCKS)


def label_of(order: Mapping[str, Any], *, business: str, timezone: str, link: str) -> Label:
    """``order`` as the API shows it; ``link`` is where its customer can follow it."""
    due = datetime.fromisoformat(order["dueAt"]).astimezone(ZoneInfo(timezone))
    return Label(
        code=order["id"],
        link=link,
        business=business,
        number=str(order["number"]),
        customer=order["customerName"],
        due=f"Due {_DAYS[due.weekday()]} {due.day} {_MONTHS[due.month - 1]} {due:%H:%M}",
        services=tuple((item["quantity"], item["service"]) for item in order["items"]),
    )


@lru_cache(maxsize=256)
def render(label: Label, stock_name: str = DEFAULT_STOCK, kind: str = "pdf") -> Printed:
    """Kept by content: the same label is drawn once, and one that says anything else is another."""
    stock = get_stock(stock_name)
    media_type, renderer = _RENDERERS[kind]
    content = renderer(_draw(label, stock), stock, f"Label {text_rules.clean(label.number)}")
    return Printed(content, media_type, hashlib.sha256(content).hexdigest()[:32])


def sheet(labels: Iterable[Label], stock_name: str) -> bytes:
    """Many labels in one PDF: as many on a page as the stock has, or a page for each on a roll."""
    stock, labels = get_stock(stock_name), list(labels)
    if not labels:
        raise NothingToPrint
    return pdf.render((_draw(label, stock) for label in labels), stock, "Labels")


def _draw(label: Label, stock: Stock) -> Drawing:
    readable = replace(
        label,
        business=_readable(label.business),
        number=_readable(label.number),
        customer=_readable(label.customer),
        due=_readable(label.due),
        services=tuple((quantity, _readable(name)) for quantity, name in label.services),
    )
    return label_rules.place(readable, stock, codes.bars(label.code), codes.matrix(label.link), typesetting.measure)


def _readable(text: str) -> str:
    return text_rules.legible(text_rules.clean(text), typesetting.covered)
