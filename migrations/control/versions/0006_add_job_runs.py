"""Add job runs."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "control_job_run",
        sa.Column("id", columns.BigInt, nullable=False),
        sa.Column("run_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", columns.BigInt, nullable=False),
        sa.Column("done", columns.BigInt, nullable=True),
        sa.Column("total", columns.BigInt, nullable=True),
        sa.Column("planned_for", columns.UtcDateTime(), nullable=False),
        sa.Column("next_at", columns.UtcDateTime(), nullable=False),
        sa.Column("sent_at", columns.UtcDateTime(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", columns.UtcDateTime(), nullable=True),
        sa.Column("started_at", columns.UtcDateTime(), nullable=True),
        sa.Column("finished_at", columns.UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'aside')", name=op.f("ck_control_job_run_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_job_run")),
        sqlite_strict=True,
    )
    op.create_index("uq_control_job_run_run_key", "control_job_run", ["run_key"], unique=True)
    op.create_index("uq_control_job_run_open", "control_job_run", ["name", "tenant"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_control_job_run_state", "control_job_run", ["state", "next_at"])
    op.create_index("ix_control_job_run_tenant", "control_job_run", ["tenant", "id"])
    op.create_table(
        "control_job_pause",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("since", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", "tenant", name=op.f("pk_control_job_pause")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("control_job_pause")
    op.drop_table("control_job_run")
