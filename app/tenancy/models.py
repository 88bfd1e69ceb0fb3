from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.extensions import Model

OPEN, SUSPENDED = "open", "suspended"


class Tenant(Model):
    """One business. Without a ``database_url`` its tables lie beside these; that is the first one, ``main``."""

    __tablename__ = "control_tenant"
    __bind_key__ = "control"
    __table_args__ = (CheckConstraint(f"status IN ('{OPEN}', '{SUSPENDED}')", name="status"),)

    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    database_url: Mapped[str | None]
    currency: Mapped[str]
    timezone: Mapped[str]
    status: Mapped[str] = mapped_column(default=OPEN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TenantHost(Model):
    """A host name that means one business. Hosts not listed mean ``main``."""

    __tablename__ = "control_tenant_host"
    __bind_key__ = "control"

    host: Mapped[str] = mapped_column(primary_key=True)
    tenant_slug: Mapped[str] = mapped_column(ForeignKey("control_tenant.slug"), index=True)
