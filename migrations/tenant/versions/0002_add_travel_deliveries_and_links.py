"""Add travel, deliveries and links."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transit_batch",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("initiated_at", columns.UtcDateTime(), nullable=True),
        sa.Column("arrived_at", columns.UtcDateTime(), nullable=True),
        sa.Column("completed_at", columns.UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", columns.UtcDateTime(), nullable=True),
        sa.Column("version", columns.BigInt, nullable=False),
        sa.CheckConstraint(
            "status IN ('PENDING', 'IN_TRANSIT', 'ARRIVED', 'COMPLETED', 'CANCELLED')", name=op.f("ck_transit_batch_status")
        ),
        sa.CheckConstraint("type IN ('STORE_TO_FACTORY', 'FACTORY_TO_STORE')", name=op.f("ck_transit_batch_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transit_batch")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("transit_batch", schema=None) as batch_op:
        batch_op.create_index("ix_transit_batch_status_created", ["status", "created_at", "id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("worker_id", columns.BigInt, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("day", columns.CalendarDate(), nullable=False),
        sa.Column("position", columns.BigInt, nullable=False),
        sa.Column("window", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("proof", columns.Json(), nullable=True),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("started_at", columns.UtcDateTime(), nullable=True),
        sa.Column("finished_at", columns.UtcDateTime(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("updated_at", columns.UtcDateTime(), nullable=False),
        sa.Column("version", columns.BigInt, nullable=False),
        sa.CheckConstraint("kind IN ('PICKUP', 'DROP_OFF')", name=op.f("ck_delivery_kind")),
        sa.CheckConstraint("status IN ('PLANNED', 'STARTED', 'DONE', 'FAILED', 'CANCELLED')", name=op.f("ck_delivery_status")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_delivery_order_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["account.id"], name=op.f("fk_delivery_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_day", ["day", "id"], unique=False)
        batch_op.create_index("ix_delivery_worker_day", ["worker_id", "day", "position", "id"], unique=False)
        batch_op.create_index(
            "uq_delivery_open_order_kind",
            ["order_id", "kind"],
            unique=True,
            sqlite_where=sa.text("status IN ('PLANNED', 'STARTED')"),
            postgresql_where=sa.text("status IN ('PLANNED', 'STARTED')"),
        )

    op.create_table(
        "offline_event",
        sa.Column("account_id", columns.BigInt, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("happened_at", columns.UtcDateTime(), nullable=False),
        sa.Column("received_at", columns.UtcDateTime(), nullable=False),
        sa.Column("result", columns.Json(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_offline_event_account_id")),
        sa.PrimaryKeyConstraint("account_id", "client_id", name=op.f("pk_offline_event")),
        sqlite_strict=True,
    )
    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account_id", columns.BigInt, nullable=True),
        sa.Column("customer_id", columns.BigInt, nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("expires_at", columns.UtcDateTime(), nullable=False),
        sa.Column("used_at", columns.UtcDateTime(), nullable=True),
        sa.CheckConstraint("purpose IN ('claim', 'reset', 'invite')", name=op.f("ck_one_time_link_purpose")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_one_time_link_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_one_time_link_customer_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_link")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_one_time_link_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_one_time_link_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", columns.BigInt, nullable=False),
        sa.Column("account_id", columns.BigInt, nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_stored_file_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sqlite_strict=True,
    )
    op.create_table(
        "transit_line",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("batch_id", columns.BigInt, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("open", columns.Flag(), nullable=False),
        sa.Column("added_at", columns.UtcDateTime(), nullable=False),
        sa.Column("received_at", columns.UtcDateTime(), nullable=True),
        sa.Column("removed_at", columns.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["transit_batch.id"], name=op.f("fk_transit_line_batch_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_transit_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transit_line")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("transit_line", schema=None) as batch_op:
        batch_op.create_index("ix_transit_line_batch", ["batch_id", "id"], unique=False)
        batch_op.create_index(
            "uq_transit_line_open_order", ["order_id"], unique=True, sqlite_where=sa.text("open = 1"), postgresql_where=sa.text("open")
        )

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", columns.BigInt, server_default="1", nullable=False))

    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notes", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("anonymised_at", columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", columns.BigInt, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_customer_merged_into_id"), "customer", ["merged_into_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_customer_merged_into_id"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("anonymised_at")
        batch_op.drop_column("notes")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("version")

    with op.batch_alter_table("transit_line", schema=None) as batch_op:
        batch_op.drop_index("uq_transit_line_open_order", sqlite_where=sa.text("open = 1"), postgresql_where=sa.text("open"))
        batch_op.drop_index("ix_transit_line_batch")

    op.drop_table("transit_line")
    op.drop_table("stored_file")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_expires_at"))
        batch_op.drop_index(batch_op.f("ix_one_time_link_customer_id"))
        batch_op.drop_index(batch_op.f("ix_one_time_link_account_id"))

    op.drop_table("one_time_link")
    op.drop_table("offline_event")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_delivery_open_order_kind",
            sqlite_where=sa.text("status IN ('PLANNED', 'STARTED')"),
            postgresql_where=sa.text("status IN ('PLANNED', 'STARTED')"),
        )
        batch_op.drop_index("ix_delivery_worker_day")
        batch_op.drop_index("ix_delivery_day")

    op.drop_table("delivery")
    with op.batch_alter_table("transit_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_transit_batch_status_created")

    op.drop_table("transit_batch")
