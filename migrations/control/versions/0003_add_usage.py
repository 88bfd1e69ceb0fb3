"""Add usage."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "control_tenant_usage",
        sa.Column("tenant_slug", sa.Text(), nullable=False),
        sa.Column("day", columns.CalendarDate(), nullable=False),
        sa.Column("staff", columns.BigInt, nullable=False),
        sa.Column("customers", columns.BigInt, nullable=False),
        sa.Column("orders", columns.BigInt, nullable=False),
        sa.Column("stores", columns.BigInt, nullable=False),
        sa.Column("storage_bytes", columns.BigInt, nullable=False),
        sa.ForeignKeyConstraint(["tenant_slug"], ["control_tenant.slug"], name=op.f("fk_control_tenant_usage_tenant_slug")),
        sa.PrimaryKeyConstraint("tenant_slug", "day", name=op.f("pk_control_tenant_usage")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("control_tenant_usage")
