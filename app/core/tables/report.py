"""What became of a table that was brought in, row by row; or what would become of it."""

from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypedDict

from app.core.tables.errors import RowsRefused
from app.core.words import say

SHOWN = 200  # of the rows and of the errors; everything is counted

Outcome = Literal["created", "updated", "skipped"]


class RowResultDict(TypedDict):
    row: int
    outcome: Outcome
    name: str
    reason: str | None


class RowErrorDict(TypedDict):
    row: int
    error: NotRequired[str]
    fields: NotRequired[dict[str, list[str]]]


class ImportedDict(TypedDict):
    """``results`` and ``errors`` list the first 200 each; the counts are of all. ``row`` is the row's number in the spreadsheet."""

    dryRun: bool
    rows: int
    created: int
    updated: int
    skipped: int
    failed: int
    results: list[RowResultDict]
    errors: list[RowErrorDict]


@dataclass(slots=True)
class Report:
    counts: dict[str, int] = field(default_factory=lambda: {"created": 0, "updated": 0, "skipped": 0})
    results: list[RowResultDict] = field(default_factory=list)
    errors: list[RowErrorDict] = field(default_factory=list)
    failed: int = 0

    def add(self, row: int, outcome: Outcome, name: str, reason: str | None = None) -> None:
        self.counts[outcome] += 1
        if len(self.results) < SHOWN:
            self.results.append({"row": row, "outcome": outcome, "name": name, "reason": reason})

    def refuse(self, row: int, error: str | None = None, *, fields: dict[str, list[str]] | None = None) -> None:
        self.failed += 1
        if len(self.errors) < SHOWN:
            self.errors.append({"row": row, "fields": fields} if fields is not None else {"row": row, "error": error or ""})

    def to_dict(self, *, dry_run: bool) -> ImportedDict:
        rows = sum(self.counts.values()) + self.failed
        results = sorted(self.results, key=lambda result: result["row"])
        errors = sorted(self.errors, key=lambda error: error["row"])
        return {"dryRun": dry_run, "rows": rows, **self.counts, "failed": self.failed, "results": results, "errors": errors}  # type: ignore[typeddict-item]

    def ensure_complete(self) -> None:
        """All or nothing: a table of which half was brought in is worse than none."""
        if self.failed:
            sentence = say("%(failed)s rows need another look, so nothing was imported.", failed=self.failed)
            one = say("One row needs another look, so nothing was imported.")
            raise RowsRefused(one if self.failed == 1 else sentence, state=dict(self.to_dict(dry_run=False)))
