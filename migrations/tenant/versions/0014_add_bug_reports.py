"""Add bug reports."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bug_report",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("account_id", columns.BigInt, nullable=True),
        sa.Column("customer_id", columns.BigInt, nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=True),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("updated_at", columns.UtcDateTime(), nullable=False),
        sa.Column("version", columns.BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("severity IN ('small', 'hinders', 'stops')", name=op.f("ck_bug_report_severity")),
        sa.CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name=op.f("ck_bug_report_priority")),
        sa.CheckConstraint("status IN ('open', 'in progress', 'resolved', 'closed')", name=op.f("ck_bug_report_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bug_report")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("bug_report", schema=None) as batch_op:
        batch_op.create_index("ix_bug_report_status", ["status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bug_report_customer_id"), ["customer_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("bug_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bug_report_customer_id"))
        batch_op.drop_index("ix_bug_report_status")

    op.drop_table("bug_report")
