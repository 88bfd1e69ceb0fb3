from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import CalendarDate, UtcDateTime
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
