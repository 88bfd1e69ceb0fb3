"""Add invoices."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "control_invoice_counter",
        sa.Column("id", columns.BigInt, autoincrement=False, nullable=False),
        sa.Column("last_number", columns.BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_invoice_counter")),
        sqlite_strict=True,
    )
    op.create_table(
        "control_tenant_invoice",
        sa.Column("number", columns.BigInt, autoincrement=False, nullable=False),
        sa.Column("tenant_slug", sa.Text(), nullable=False),
        sa.Column("business_name", sa.Text(), nullable=False),
        sa.Column("month", columns.CalendarDate(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total_minor", columns.BigInt, nullable=False),
        sa.Column("lines", columns.Json(), nullable=False),
        sa.Column("usage", columns.Json(), nullable=False),
        sa.Column("drawn_up_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_control_tenant_invoice")),
        sa.UniqueConstraint("tenant_slug", "month", name=op.f("uq_control_tenant_invoice_tenant_slug_month")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("control_tenant_invoice")
    op.drop_table("control_invoice_counter")
