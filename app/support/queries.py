from datetime import datetime

from sqlalchemy import func, select

from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.extensions import db
from app.support.errors import UnknownReport
from app.support.models import Report, ReportDict

LARGEST_ID = 2**63 - 1


def get(report_id: int) -> Report:
    report = db.session.get(Report, report_id, populate_existing=True) if report_id <= LARGEST_ID else None
    if report is None:
        raise UnknownReport
    return report


def find(
    *, status: str | None = None, priority: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[ReportDict]:
    """The newest first."""
    query = select(Report).order_by(Report.id.desc()).limit(limit + 1)
    if status is not None:
        query = query.where(Report.status == status)
    if priority is not None:
        query = query.where(Report.priority == priority)
    if cursor is not None:
        query = query.where(Report.id < read_cursor(cursor, (int,))[0])
    page = Page.of(db.session.scalars(query).all(), limit, lambda report: [report.id])
    return Page([report.to_dict() for report in page.rows], page.next_cursor)


def count_of(account_id: int, *, since: datetime) -> int:
    mine = (Report.account_id == account_id, Report.created_at >= since)
    return db.session.scalars(select(func.count()).select_from(Report).where(*mine)).one()
