"""Tables going out: page by page, each a short read of its own, while the reader takes them. Nobody's download holds the database
at an old state, and a million rows take no more memory than a page of them."""

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Response, request, stream_with_context

from app.audit import audit_service
from app.core import clock
from app.core.pagination import Page
from app.core.tables import csv_files, xlsx_writing
from app.core.tables.cells import Cell
from app.core.unit_of_work import stop_reading
from app.portals.http.guard import who
from app.portals.http.imports import MEDIA_TYPES
from app.tenancy import tenant_service
from app.tenancy.tenant_service import Business, current_business

CSV, XLSX = MEDIA_TYPES
_WRITERS = {"csv": (csv_files.written, CSV), "xlsx": (xlsx_writing.written, XLSX)}
_PAGE = 500

# A column's name, which does not change with the reader's language, and where its cell comes from.
Columns = Mapping[str, Callable[[Any], Cell]]


class Find(Protocol):
    def __call__(self, *, limit: int, cursor: str | None) -> Page[Any]: ...


def same(*names: str) -> dict[str, Callable[[Any], Cell]]:
    """Columns that are called what they are called in the dictionary."""
    return {name: itemgetter(name) for name in names}


def exported(what: str, form: str, columns: Columns, find: Find) -> Response:
    """A page is told by its last row, so what comes in meanwhile moves nothing. Only the first page can still be refused."""
    write, media_type = _WRITERS[form]
    today = clock.now().astimezone(ZoneInfo(current_business().timezone)).date()
    headers = {"Content-Disposition": f'attachment; filename="{what}-{today.isoformat()}.{form}"'}
    if request.method == "HEAD":
        return Response(mimetype=media_type, headers=headers)
    # Which filters, not what was looked for: the audit outlives a wish to be forgotten.
    audit_service.record(f"{what}.exported", f"table:{what}", by=who(), after={"form": form, "filters": sorted(request.args)})
    chunks = write(list(columns), _pages(find, columns))
    return Response(stream_with_context(_sent(next(chunks), chunks, current_business())), mimetype=media_type, headers=headers)


def _pages(find: Find, columns: Columns) -> Iterator[list[list[Cell]]]:
    cells, cursor = list(columns.values()), None
    while True:
        page = find(limit=_PAGE, cursor=cursor)
        rows = [[cell(row) for cell in cells] for row in page.rows]
        stop_reading()
        yield rows
        if (cursor := page.next_cursor) is None:
            return


def _sent(first: bytes, rest: Iterator[bytes], business: Business) -> Iterator[bytes]:
    """The request has left its business by the time its answer is sent, so that is entered once more."""
    yield first
    with tenant_service.enter(business):
        yield from rest
