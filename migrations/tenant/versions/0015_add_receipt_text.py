"""Add what every receipt of a store says at its end."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("store") as batch_op:
        batch_op.add_column(sa.Column("receipt_text", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("store") as batch_op:
        batch_op.drop_column("receipt_text")
