from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.audit import audit_service
from app.core import clock
from app.core.errors import StaleVersion
from app.core.unit_of_work import unit_of_work
from app.identity.principal import Principal
from app.support import queries
from app.support.errors import ManyReports
from app.support.models import Report
from app.support.report_states import FIRST_PRIORITY, ReportStatus, Severity

MOST_A_DAY = 20
ERASED = "Erased customer"


def send(data: Mapping[str, Any], *, browser: str | None, app_version: str, by: Principal) -> Report:
    """Visitors are held back at the door, by network; whoever is signed in here, by account."""
    now = clock.now()
    with unit_of_work() as session:
        if by.account_id is not None and queries.count_of(by.account_id, since=now - timedelta(days=1)) >= MOST_A_DAY:
            raise ManyReports
        report = Report(text=data["text"], severity=data["severity"], priority=FIRST_PRIORITY[Severity(data["severity"])])
        report.status, report.reported_by, report.role = ReportStatus.OPEN, by.label, by.role
        report.account_id, report.customer_id = by.account_id, by.customer_id
        report.page, report.request_id = data.get("page"), data.get("requestId")
        report.browser, report.app_version = (browser or "")[:200] or None, app_version
        report.created_at = report.updated_at = now
        session.add(report)
        session.flush()
        # Not what was written: the audit outlives a wish to be forgotten.
        audit_service.record("report.sent", f"report:{report.id}", by=by, after={"severity": report.severity, "page": report.page})
    return report


def change(report_id: int, data: Mapping[str, Any], *, expected: int | None, by: Principal) -> Report:
    """Of two who change it from the same state the first does."""
    with unit_of_work() as session:
        report = queries.get(report_id)
        before = {"status": report.status, "priority": report.priority}
        seen = (Report.id == report_id, Report.version == (report.version if expected is None else expected))
        changed = update(Report).where(*seen).values(**data, updated_at=clock.now(), version=Report.version + 1)
        if session.affected(changed.execution_options(synchronize_session=False)) != 1:
            raise StaleVersion
        audit_service.record("report.changed", f"report:{report_id}", by=by, before=before, after={**before, **data})
        return queries.get(report_id)


def customer_erased(customer_id: int) -> None:
    """What they wrote may name them; that there was a problem, and where, does not."""
    gone = {"text": "", "reported_by": ERASED, "browser": None, "account_id": None, "customer_id": None}
    with unit_of_work() as session:
        theirs = update(Report).where(Report.customer_id == customer_id).values(**gone)
        session.execute(theirs.execution_options(synchronize_session=False))


def customer_merged(customer_id: int, *, into: int) -> None:
    with unit_of_work() as session:
        theirs = update(Report).where(Report.customer_id == customer_id).values(customer_id=into)
        session.execute(theirs.execution_options(synchronize_session=False))
