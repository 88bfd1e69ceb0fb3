"""Add approvals."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("customer_id", columns.BigInt, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("address_norm", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", columns.UtcDateTime(), nullable=False),
        sa.Column("decided_at", columns.UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.CheckConstraint("about IN ('customer', 'address')", name=op.f("ck_approval_about")),
        sa.CheckConstraint("state IN ('pending', 'approved', 'rejected')", name=op.f("ck_approval_state")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_approval_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("customer_id", "about", "address_norm", name=op.f("uq_approval_customer_id_about_address_norm")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index("ix_approval_state", ["state", "id"], unique=False)

    op.create_table(
        "approval_rule",
        sa.Column("id", columns.BigInt, autoincrement=False, nullable=False),
        sa.Column("customers", columns.Flag(), nullable=False),
        sa.Column("addresses", columns.Flag(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_approval_rule_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("approval_rule")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index("ix_approval_state")

    op.drop_table("approval")
