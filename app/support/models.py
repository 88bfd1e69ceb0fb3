from datetime import datetime
from typing import TypedDict

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import UtcDateTime
from app.extensions import Model
from app.support.report_states import Priority, ReportStatus, Severity


class ReportDict(TypedDict):
    id: int
    text: str
    severity: str
    priority: str
    status: str
    reportedBy: str
    role: str
    page: str | None
    requestId: str | None
    browser: str | None
    appVersion: str
    createdAt: str
    updatedAt: str


def _one_of(column: str, words: type[Severity] | type[Priority] | type[ReportStatus]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(word)) for word in words)})", name=column)


class Report(Model):
    """A problem, with where it was met. The customer is a number only, so that what they wrote can be forgotten with them."""

    __tablename__ = "bug_report"
    __table_args__ = (
        _one_of("severity", Severity),
        _one_of("priority", Priority),
        _one_of("status", ReportStatus),
        Index("ix_bug_report_status", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    severity: Mapped[str]
    priority: Mapped[str]
    status: Mapped[str]
    reported_by: Mapped[str]
    role: Mapped[str]
    account_id: Mapped[int | None]
    customer_id: Mapped[int | None] = mapped_column(index=True)
    page: Mapped[str | None]
    request_id: Mapped[str | None]
    browser: Mapped[str | None]
    app_version: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(server_default="1")

    def to_dict(self) -> ReportDict:
        met = {"page": self.page, "requestId": self.request_id, "browser": self.browser, "appVersion": self.app_version}
        judged = {"severity": self.severity, "priority": self.priority, "status": self.status}
        times = {"createdAt": clock.wire(self.created_at), "updatedAt": clock.wire(self.updated_at)}
        return {"id": self.id, "text": self.text, "reportedBy": self.reported_by, "role": self.role, **judged, **met, **times}  # type: ignore[typeddict-item]
