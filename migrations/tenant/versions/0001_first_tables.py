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
        "audit_entry",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("account_id", columns.BigInt, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", columns.Json(), nullable=True),
        sa.Column("after", columns.Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)

    op.create_table(
        "customer",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_norm", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("version", columns.BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("email_norm", name=op.f("uq_customer_email_norm")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_phone"), ["phone"], unique=False)

    op.create_table(
        "idempotency_key",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", columns.BigInt, nullable=True),
        sa.Column("headers", columns.Json(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "route", "key", name=op.f("pk_idempotency_key")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_created_at"), ["created_at"], unique=False)

    op.create_table(
        "service",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_minor", columns.BigInt, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("duration_hours", columns.BigInt, nullable=False),
        sa.Column("active", columns.Flag(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("updated_at", columns.UtcDateTime(), nullable=False),
        sa.Column("version", columns.BigInt, nullable=False),
        sa.CheckConstraint("duration_hours > 0", name=op.f("ck_service_duration")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_service_price")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sqlite_strict=True,
    )
    op.create_table(
        "store",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("code", name=op.f("uq_store_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "account",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("customer_id", columns.BigInt, nullable=True),
        sa.Column("auth_version", columns.BigInt, nullable=False),
        sa.Column("disabled_at", columns.UtcDateTime(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.CheckConstraint("(customer_id IS NOT NULL) = (realm = 'customer')", name=op.f("ck_account_realm_customer")),
        sa.CheckConstraint("(role = 'customer') = (realm = 'customer')", name=op.f("ck_account_realm_role")),
        sa.CheckConstraint("role IN ('customer', 'worker', 'employee', 'manager', 'admin')", name=op.f("ck_account_role")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_account_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_account_customer_id")),
        sa.UniqueConstraint("realm", "login", name=op.f("uq_account_realm_login")),
        sqlite_strict=True,
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", columns.BigInt, nullable=False),
        sa.Column("store_id", columns.BigInt, nullable=False),
        sa.Column("customer_id", columns.BigInt, nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("customer_email", sa.Text(), nullable=True),
        sa.Column("customer_phone", sa.Text(), nullable=True),
        sa.Column("pickup_date", columns.CalendarDate(), nullable=True),
        sa.Column("due_at", columns.UtcDateTime(), nullable=False),
        sa.Column("special_instructions", sa.Text(), nullable=False),
        sa.Column("total_minor", columns.BigInt, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("paid", columns.Flag(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tracking_token", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("updated_at", columns.UtcDateTime(), nullable=False),
        sa.Column("version", columns.BigInt, nullable=False),
        sa.CheckConstraint(
            "status IN ('At Store', 'In Transit', 'At Factory', 'Processing', 'Ready', 'Out for Delivery', 'Delivered', 'Collected', 'Cancelled')",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_orders_total")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_orders_customer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_orders_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_orders_store_id_number")),
        sa.UniqueConstraint("tracking_token", name=op.f("uq_orders_tracking_token")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_created", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_orders_customer_created", ["customer_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_orders_status_created", ["status", "created_at", "id"], unique=False)

    op.create_table(
        "ticket_counter",
        sa.Column("store_id", columns.BigInt, nullable=False),
        sa.Column("last_number", columns.BigInt, nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_ticket_counter_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_ticket_counter")),
        sqlite_strict=True,
    )
    op.create_table(
        "order_event",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("account_id", columns.BigInt, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_event_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.create_index("ix_order_event_order", ["order_id", "id"], unique=False)

    op.create_table(
        "order_item",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("service_name", sa.Text(), nullable=False),
        sa.Column("quantity", columns.BigInt, nullable=False),
        sa.Column("unit_minor", columns.BigInt, nullable=False),
        sa.Column("garment", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_item_quantity")),
        sa.CheckConstraint("unit_minor >= 0", name=op.f("ck_order_item_unit")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_item_order_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_order_item_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_item")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("order_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_item_order_id"), ["order_id"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", columns.BigInt, nullable=False),
        sa.Column("auth_version", columns.BigInt, nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("expires_at", columns.UtcDateTime(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_session_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_expires_at"))
        batch_op.drop_index(batch_op.f("ix_sign_in_session_account_id"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("order_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_item_order_id"))

    op.drop_table("order_item")
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.drop_index("ix_order_event_order")

    op.drop_table("order_event")
    op.drop_table("ticket_counter")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_status_created")
        batch_op.drop_index("ix_orders_customer_created")
        batch_op.drop_index("ix_orders_created")

    op.drop_table("orders")
    op.drop_table("account")
    op.drop_table("store")
    op.drop_table("service")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_created_at"))

    op.drop_table("idempotency_key")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_phone"))

    op.drop_table("customer")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))

    op.drop_table("audit_entry")
