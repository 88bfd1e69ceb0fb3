"""Add opening hours."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("store") as batch_op:
        batch_op.add_column(sa.Column("opening_hours", columns.Json(), nullable=True))
        batch_op.add_column(sa.Column("closed_days", columns.Json(), nullable=True))
        batch_op.add_column(sa.Column("version", columns.BigInt, nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("store") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("closed_days")
        batch_op.drop_column("opening_hours")
