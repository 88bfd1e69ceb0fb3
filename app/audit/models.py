from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Json, UtcDateTime
from app.extensions import Model


class AuditEntry(Model):
    """One change. Rows are only ever added; triggers refuse the rest. The account is not a foreign key: the entry outlives it.

    Numbered without a gap, and each hash is made over the one before (``chain_rules``), so that nothing can be taken out unseen.
    """

    __tablename__ = "audit_entry"
    # What happened to one thing, newest first.
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account_id: Mapped[int | None]
    actor: Mapped[str]
    channel: Mapped[str]
    address: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    hash: Mapped[str] = mapped_column(server_default="")


class AuditHead(Model):
    """Where the chain ends, and what lay before its first entry. One row: whoever adds to the chain holds it until the commit."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    anchor_id: Mapped[int]
    anchor_hash: Mapped[str]
    entry_id: Mapped[int]
    entry_hash: Mapped[str]


class AuditWitness(Model):
    """A copy of a business's head in the register, where somebody who can write to the business's own tables does not reach."""

    __tablename__ = "control_audit_witness"
    __bind_key__ = "control"

    tenant_slug: Mapped[str] = mapped_column(ForeignKey("control_tenant.slug"), primary_key=True)
    entry_id: Mapped[int]
    entry_hash: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
