from typing import Any

from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads, versioned
from app.support import queries, report_service
from app.support.models import ReportDict
from app.support.schemas import ReportFilter, ReportUpdate

ONE = "/api/reports/<int(max=9007199254740991):report_id>"


@admin.get("/api/reports")
@permits(Permission.REPORT_READ)
@asks(ReportFilter)
@answers(200, list[ReportDict], "Reported problems, newest first.")
def list_reports(query: dict[str, Any]) -> ResponseReturnValue:
    return listed(queries.find(**query))


@admin.get(ONE)
@permits(Permission.REPORT_READ)
@answers(200, ReportDict, "The problem, with where it was met.")
def show_report(report_id: int) -> ResponseReturnValue:
    report = queries.get(report_id)
    return with_version(report.to_dict(), report.version)


@admin.put(ONE)
@permits(Permission.REPORT_EDIT)
@reads(ReportUpdate)
@versioned
@answers(200, ReportDict, "As it is now.")
def update_report(report_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    report = report_service.change(report_id, data, expected=expected, by=who())
    return with_version(report.to_dict(), report.version)
