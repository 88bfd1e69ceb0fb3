"""Tables coming in: each row is read by the schema that the JSON door uses, so a fact has one declaration, whichever way it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol

from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.shapes import Shape
from app.core.tables import reading
from app.core.tables.reading import Columns, Row
from app.core.tables.report import ImportedDict, Report
from app.core.words import say
from app.portals.http.bodies import flat
from app.portals.http.forms import values_of
from app.portals.http.uploads import Upload

MEDIA_TYPES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
STRAY = say("A value stands under no name. Is there a separator too many, or a quotation mark missing?")
# As spreadsheets write what a checkbox on a form calls yes and no.
_CHECKED = {"true": "yes", "yes": "yes", "false": "no", "no": "no"}


class ExpectedTable(Invalid):
    code = "expected_table"
    sentence = "Expected a table: the body itself (Content-Type text/csv or that of XLSX), or one file in a form."


TABLE = Upload(MEDIA_TYPES, ExpectedTable)


class ImportQuery(Shape):
    dryRun = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class BringIn(Protocol):
    def __call__(self, rows: list[tuple[int, dict[str, Any]]], report: Report, *, dry_run: bool, by: Actor) -> None: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[tuple[int, dict[str, Any]]]
    report: Report


@dataclass(frozen=True, slots=True)
class Import:
    """``ignored``: columns that an export has and nobody can bring in."""

    shape: type[Shape]
    ignored: tuple[str, ...]
    bring_in: BringIn

    @property
    def columns(self) -> Columns:
        declared = self.shape().fields
        return Columns(tuple(declared), tuple(name for name, one in declared.items() if one.required), self.ignored)

    @property
    def upload(self) -> Upload:
        return Upload(MEDIA_TYPES, ExpectedTable, self.read)

    def read(self, file: IO[bytes]) -> Sheet:
        shape, sheet = self.shape(), Sheet([], Report())
        for row in reading.read(file, self.columns):
            if row.stray:
                sheet.report.refuse(row.number, STRAY)
                continue
            try:
                sheet.rows.append((row.number, _load(shape, row)))
            except ValidationError as failure:
                sheet.report.refuse(row.number, fields=dict(flat(failure.messages)))
        return sheet

    def carry_out(self, sheet: Sheet, *, dry_run: bool, by: Actor) -> ImportedDict:
        """All or nothing; a dry run goes the same way and stops before it writes."""
        self.bring_in(sheet.rows, sheet.report, dry_run=dry_run, by=by)
        return sheet.report.to_dict(dry_run=dry_run)


def _load(shape: Shape, row: Row) -> dict[str, Any]:
    typed: Mapping[str, str] = {name: _as_typed(shape.fields[name], text) for name, text in row.cells.items()}
    return dict(shape.load(values_of(MultiDict(typed), shape.fields)))


def _as_typed(declared: fields.Field[Any], text: str) -> str:
    return _CHECKED.get(text.strip().casefold(), text) if isinstance(declared, fields.Boolean) else text
