"""First tables."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "control_heartbeat",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("beat_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_heartbeat")),
        sqlite_strict=True,
    )
    op.create_table(
        "control_rate_entry",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at_ms", columns.BigInt, nullable=False),
        sa.Column("expires_ms", columns.BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_rate_entry")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("control_rate_entry", schema=None) as batch_op:
        batch_op.create_index("ix_control_rate_entry_expires", ["expires_ms"], unique=False)
        batch_op.create_index("ix_control_rate_entry_key_at", ["key", "at_ms"], unique=False)

    op.create_table(
        "control_tenant",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("database_url", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'suspended')", name=op.f("ck_control_tenant_status")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_control_tenant")),
        sqlite_strict=True,
    )
    op.create_table(
        "control_tenant_host",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("tenant_slug", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_slug"], ["control_tenant.slug"], name=op.f("fk_control_tenant_host_tenant_slug")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_control_tenant_host")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("control_tenant_host", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_control_tenant_host_tenant_slug"), ["tenant_slug"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("control_tenant_host", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_control_tenant_host_tenant_slug"))

    op.drop_table("control_tenant_host")
    op.drop_table("control_tenant")
    with op.batch_alter_table("control_rate_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_control_rate_entry_key_at")
        batch_op.drop_index("ix_control_rate_entry_expires")

    op.drop_table("control_rate_entry")
    op.drop_table("control_heartbeat")
