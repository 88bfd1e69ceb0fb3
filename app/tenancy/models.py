from datetime import date, datetime
from typing import Any, TypedDict

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import CalendarDate, Json, UtcDateTime
from app.core.money import Money
from app.extensions import Model
from app.tenancy.plan_rules import Plan

# Only an open one is served. One that is being made is completed by making it again; one that leaves is about to be deleted.
MAKING, OPEN, SUSPENDED, LEAVING = STATES = ("making", "open", "suspended", "leaving")
_STATES = ", ".join(f"'{state}'" for state in STATES)


class Tenant(Model):
    """One business. Without a ``database_url`` its tables lie beside these; that is the first one, ``main``."""

    __tablename__ = "control_tenant"
    __bind_key__ = "control"
    __table_args__ = (CheckConstraint(f"status IN ({_STATES})", name="status"),)

    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    database_url: Mapped[str | None]
    currency: Mapped[str]
    timezone: Mapped[str]
    language: Mapped[str | None]  # what its pages speak to whoever asks for no language of ours
    public_url: Mapped[str | None]  # what links in its letters and on its labels begin with
    plan: Mapped[str] = mapped_column(default=Plan.OWN, server_default=Plan.OWN)
    receipt_text: Mapped[str | None]  # at the foot of every receipt
    status: Mapped[str] = mapped_column(default=OPEN)
    status_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deletion_code_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TenantHost(Model):
    """A host name that means one business. Hosts not listed mean ``main``."""

    __tablename__ = "control_tenant_host"
    __bind_key__ = "control"

    host: Mapped[str] = mapped_column(primary_key=True)
    tenant_slug: Mapped[str] = mapped_column(ForeignKey("control_tenant.slug"), index=True)


class TenantUsage(Model):
    """One day of one business, written when it is over: how many orders it took in, and what it had at its end."""

    __tablename__ = "control_tenant_usage"
    __bind_key__ = "control"

    tenant_slug: Mapped[str] = mapped_column(ForeignKey("control_tenant.slug"), primary_key=True)
    day: Mapped[date] = mapped_column(CalendarDate, primary_key=True)
    plan: Mapped[str | None]  # at its end; of days written before there was this column nobody knows
    staff: Mapped[int]
    customers: Mapped[int]
    orders: Mapped[int]
    stores: Mapped[int]
    storage_bytes: Mapped[int]


class TenantHealth(Model):
    """How a business was when it was last looked at."""

    __tablename__ = "control_tenant_health"
    __bind_key__ = "control"

    tenant_slug: Mapped[str] = mapped_column(ForeignKey("control_tenant.slug"), primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failure: Mapped[str | None]  # why it could not be reached, on one line
    revision: Mapped[str | None]  # of its tables
    last_order_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InvoiceCounter(Model):
    """The last number an invoice to a business got. Raised in the transaction that uses it, so that none is skipped."""

    __tablename__ = "control_invoice_counter"
    __bind_key__ = "control"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class InvoiceLineDict(TypedDict):
    plan: str
    days: int
    amount: float


class InvoiceUsageDict(TypedDict):
    orders: int
    staff: int
    customers: int
    stores: int
    storageBytes: int


class InvoiceDict(TypedDict):
    number: int
    slug: str
    name: str
    month: str
    currency: str
    total: float
    lines: list[InvoiceLineDict]
    usage: InvoiceUsageDict
    drawnUpAt: str


class TenantInvoice(Model):
    """What one business owes for one month. It is never changed, and stays when the business goes."""

    __tablename__ = "control_tenant_invoice"
    __bind_key__ = "control"
    __table_args__ = (UniqueConstraint("tenant_slug", "month"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant_slug: Mapped[str]
    business_name: Mapped[str]  # as it was called then
    month: Mapped[date] = mapped_column(CalendarDate)  # its first day
    currency: Mapped[str]
    total_minor: Mapped[int]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    usage: Mapped[InvoiceUsageDict] = mapped_column(Json)  # orders taken in, and the most there was of everything else
    drawn_up_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def to_dict(self) -> InvoiceDict:
        lines: list[InvoiceLineDict] = [
            {"plan": line["plan"], "days": line["days"], "amount": Money(line["amount_minor"], self.currency).wire()} for line in self.lines
        ]
        return {
            "number": self.number,
            "slug": self.tenant_slug,
            "name": self.business_name,
            "month": self.month.isoformat()[:7],
            "currency": self.currency,
            "total": Money(self.total_minor, self.currency).wire(),
            "lines": lines,
            "usage": self.usage,
            "drawnUpAt": clock.wire(self.drawn_up_at),
        }
