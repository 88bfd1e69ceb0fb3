"""Add what customers are told, and how they want to be told it."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer") as batch_op:
        batch_op.add_column(sa.Column("language", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("channels", columns.Json(), nullable=True))
    op.create_table(
        "message_setting",
        sa.Column("id", columns.BigInt, autoincrement=False, nullable=False),
        sa.Column("channels", columns.Json(), nullable=False),
        sa.Column("off", columns.Json(), nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_until", sa.Text(), nullable=True),
        sa.Column("version", columns.BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_setting")),
        sqlite_strict=True,
    )
    op.create_table(
        "message_text",
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("version", columns.BigInt, nullable=False),
        sa.PrimaryKeyConstraint("occasion", "language", name=op.f("pk_message_text")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("message_text")
    op.drop_table("message_setting")
    with op.batch_alter_table("customer") as batch_op:
        batch_op.drop_column("channels")
        batch_op.drop_column("language")
