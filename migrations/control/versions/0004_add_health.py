"""Add health, and the plan of each day."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "control_tenant_health",
        sa.Column("tenant_slug", sa.Text(), nullable=False),
        sa.Column("checked_at", columns.UtcDateTime(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("last_order_at", columns.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_slug"], ["control_tenant.slug"], name=op.f("fk_control_tenant_health_tenant_slug")),
        sa.PrimaryKeyConstraint("tenant_slug", name=op.f("pk_control_tenant_health")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("control_tenant_usage") as batch_op:
        batch_op.add_column(sa.Column("plan", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("control_tenant_usage") as batch_op:
        batch_op.drop_column("plan")
    op.drop_table("control_tenant_health")
