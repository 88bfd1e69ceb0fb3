"""A table is looked over first and brought in afterwards. In between it is kept for an hour, so that nobody has to choose it twice."""

from typing import IO, Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Shape
from app.core.tables.errors import RowsRefused
from app.core.tables.report import ImportedDict
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.admin.imports import CUSTOMERS, SERVICES
from app.portals.admin.telling import told
from app.portals.http import plain_words, uploads
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.imports import TABLE
from app.portals.http.languages import gettext as _
from app.portals.http.portal import permits, reads, shows_again, takes

IMPORTS = {"customers": CUSTOMERS, "services": SERVICES}
IMPORT = "/imports/<any(customers,services):kind>"


class DraftForm(Shape):
    draft = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z", error="Not one of ours."))


@admin.get(IMPORT)
@permits(Permission.TABLE_IMPORT)
def import_page(kind: str, form: Form = EMPTY, **_: Any) -> str:
    return _shown(kind, form=form)


@admin.post(IMPORT)
@permits(Permission.TABLE_IMPORT)
@takes(TABLE)
@shows_again(import_page)
def look_over_import(kind: str, upload: IO[bytes]) -> str:
    table = IMPORTS[kind]
    report = table.carry_out(table.read(upload), dry_run=True, by=who())
    return _shown(kind, report=report, draft=None if report["failed"] else uploads.drafts().keep(upload))


@admin.post(f"{IMPORT}/carry-out")
@permits(Permission.TABLE_IMPORT)
@reads(DraftForm, form=True)
@shows_again(import_page)
def carry_out_import(kind: str, data: dict[str, Any]) -> ResponseReturnValue:
    """Looked at once more: somebody may have been faster, and then the page says what is different now."""
    table = IMPORTS[kind]
    with uploads.drafts().take(data["draft"]) as file:
        sheet = table.read(file)
    try:
        done = table.carry_out(sheet, dry_run=False, by=who())
    except RowsRefused:
        return _shown(kind, report=sheet.report.to_dict(dry_run=True)), 400
    counts = {name: done[name] for name in ("created", "updated", "skipped")}
    sentence = _("Imported: %(created)s new, %(updated)s brought up to date, %(skipped)s left as they were.") % counts
    return told(sentence, f"admin.{kind}_page")


def _shown(kind: str, *, form: Form = EMPTY, report: ImportedDict | None = None, draft: str | None = None) -> str:
    columns = IMPORTS[kind].columns
    for error in report["errors"] if report else []:
        error["fields"] = plain_words.of_all(error.get("fields", {}))
    return render_template("admin/imports/show.html", kind=kind, form=form, columns=columns, report=report, draft=draft)
