from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields

from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again
from app.support import queries, report_service
from app.support.schemas import ReportFilter, ReportUpdate

ONE = "/reports/<int(max=9007199254740991):report_id>"


class ReportPageFilter(Asked, ReportFilter):
    pass


class ReportForm(ReportUpdate):
    version = fields.Integer()


@admin.get("/reports/")
@permits(Permission.REPORT_READ)
@asks(ReportPageFilter)
def reports_page(query: dict[str, Any]) -> str:
    page = queries.find(**query)
    return render_template("admin/reports/list.html", reports=page.rows, next_cursor=page.next_cursor, query=query)


@admin.get(ONE)
@permits(Permission.REPORT_READ)
def report_page(report_id: int, form: Form = EMPTY) -> str:
    report = queries.get(report_id)
    return render_template("admin/reports/show.html", report=report.to_dict(), version=report.version, form=form)


@admin.post(ONE)
@permits(Permission.REPORT_EDIT)
@reads(ReportForm, form=True)
@shows_again(report_page)
def save_report(report_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    report_service.change(report_id, data, expected=data.pop("version", None), by=who())
    return told(_("Saved."), "admin.reports_page")
