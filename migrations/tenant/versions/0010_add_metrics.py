"""Add metrics."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metric",
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("start", columns.CalendarDate(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", columns.BigInt, nullable=False),
        sa.CheckConstraint("grain IN ('day', 'week', 'month')", name=op.f("ck_metric_grain")),
        sa.PrimaryKeyConstraint("grain", "start", "scope", "name", name=op.f("pk_metric")),
        sqlite_strict=True,
    )
    op.create_table(
        "metric_touch",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_touch")),
        sqlite_strict=True,
    )
    op.create_index("ix_orders_due", "orders", ["due_at"])
    op.create_index("ix_order_event_at", "order_event", ["at"])


def downgrade() -> None:
    op.drop_index("ix_order_event_at", "order_event")
    op.drop_index("ix_orders_due", "orders")
    op.drop_table("metric_touch")
    op.drop_table("metric")
