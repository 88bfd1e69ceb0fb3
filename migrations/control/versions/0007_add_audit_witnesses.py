"""Add audit witnesses."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "control_audit_witness",
        sa.Column("tenant_slug", sa.Text(), nullable=False),
        sa.Column("entry_id", columns.BigInt, nullable=False),
        sa.Column("entry_hash", sa.Text(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_slug"], ["control_tenant.slug"], name=op.f("fk_control_audit_witness_tenant_slug")),
        sa.PrimaryKeyConstraint("tenant_slug", name=op.f("pk_control_audit_witness")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("control_audit_witness")
