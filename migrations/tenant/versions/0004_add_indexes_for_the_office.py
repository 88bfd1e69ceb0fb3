"""Add indexes for the office: what left on a day, and what the audit says of one thing."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LAST_STEP = sa.text("to_status IN ('Collected', 'Delivered')")


def upgrade() -> None:
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "id"])
    op.create_index("ix_order_event_out", "order_event", ["at"], sqlite_where=_LAST_STEP, postgresql_where=_LAST_STEP)


def downgrade() -> None:
    op.drop_index("ix_order_event_out", "order_event")
    op.drop_index("ix_audit_entry_subject", "audit_entry")
