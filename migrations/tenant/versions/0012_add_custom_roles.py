"""Add roles of a business's own."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custom_role",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("permissions", columns.Json(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("version", columns.BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("base IN ('employee', 'manager')", name=op.f("ck_custom_role_base")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_role")),
        sa.UniqueConstraint("name", name=op.f("uq_custom_role_name")),
        sqlite_strict=True,
    )
    # Written out: as a batch, SQLite would write the table anew and lose its CHECKs.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE account ADD COLUMN custom_role_id {kind} CONSTRAINT fk_account_custom_role_id REFERENCES custom_role (id)")
    op.create_index("ix_account_custom_role_id", "account", ["custom_role_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_account_custom_role_id", "account")
    op.execute("ALTER TABLE account DROP COLUMN custom_role_id")
    op.drop_table("custom_role")
