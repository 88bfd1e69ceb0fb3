"""Add the outbox and webhooks."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "outgoing",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("data", columns.Json(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", columns.BigInt, nullable=False),
        sa.Column("next_at", columns.UtcDateTime(), nullable=False),
        sa.Column("lease_until", columns.UtcDateTime(), nullable=True),
        sa.Column("ended_at", columns.UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'parked')", name=op.f("ck_outgoing_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
        sa.UniqueConstraint("message_id", "route", "target", name=op.f("uq_outgoing_message_id_route_target")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("outgoing") as batch_op:
        batch_op.create_index("ix_outgoing_due", ["next_at", "id"], sqlite_where=WAITING, postgresql_where=WAITING)
        lane = ["route", "target", "subject", "id"]
        batch_op.create_index("ix_outgoing_lane", lane, sqlite_where=WAITING, postgresql_where=WAITING)
        batch_op.create_index("ix_outgoing_target", ["route", "target", "id"])
        batch_op.create_index("ix_outgoing_created", ["created_at"])
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("events", columns.Json(), nullable=False),
        sa.Column("enabled", columns.Flag(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("old_sealed_secret", sa.Text(), nullable=True),
        sa.Column("old_secret_until", columns.UtcDateTime(), nullable=True),
        sa.Column("failing_since", columns.UtcDateTime(), nullable=True),
        sa.Column("off_because", sa.Text(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("updated_at", columns.UtcDateTime(), nullable=False),
        sa.Column("version", columns.BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
        sqlite_strict=True,
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("outgoing_id", columns.BigInt, nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("status", columns.BigInt, nullable=True),
        sa.Column("milliseconds", columns.BigInt, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"], name=op.f("fk_webhook_attempt_outgoing_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("webhook_attempt") as batch_op:
        batch_op.create_index("ix_webhook_attempt_outgoing", ["outgoing_id", "id"])


def downgrade() -> None:
    op.drop_table("webhook_attempt")
    op.drop_table("webhook_endpoint")
    op.drop_table("outgoing")
