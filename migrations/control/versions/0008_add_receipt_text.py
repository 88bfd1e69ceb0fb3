"""Add what receipts end with."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("control_tenant", sa.Column("receipt_text", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("control_tenant", "receipt_text")
