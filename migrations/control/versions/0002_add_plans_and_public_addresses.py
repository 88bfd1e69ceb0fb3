"""Add plans and public addresses."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE, AFTER = "status IN ('open', 'suspended')", "status IN ('making', 'open', 'suspended', 'leaving')"
NEW = {
    "language": sa.Text(),
    "public_url": sa.Text(),
    "plan": sa.Text(),
    "status_since": columns.UtcDateTime(),
    "deletion_code_hash": sa.Text(),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # changes no CHECK of a table that is there, so the table is written anew
        with op.batch_alter_table("control_tenant", recreate="always", copy_from=_table(AFTER)) as batch_op:
            _add(batch_op)
        return
    _check(AFTER)
    with op.batch_alter_table("control_tenant") as batch_op:
        _add(batch_op)


def downgrade() -> None:
    op.execute("UPDATE control_tenant SET status = 'suspended' WHERE status NOT IN ('open', 'suspended')")
    with op.batch_alter_table("control_tenant") as batch_op:
        for name in NEW:
            batch_op.drop_column(name)
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("control_tenant", recreate="always", copy_from=_table(BEFORE)):
            pass
        return
    _check(BEFORE)


def _add(batch_op) -> None:  # type: ignore[no-untyped-def]
    for name, kind in NEW.items():
        own = {"nullable": False, "server_default": "own"} if name == "plan" else {"nullable": True}
        batch_op.add_column(sa.Column(name, kind, **own))


def _check(condition: str) -> None:
    op.drop_constraint(op.f("ck_control_tenant_status"), "control_tenant", type_="check")
    op.create_check_constraint(op.f("ck_control_tenant_status"), "control_tenant", condition)


def _table(condition: str) -> sa.Table:
    """As the first migration made it, with this condition."""
    return sa.Table(
        "control_tenant",
        sa.MetaData(),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("database_url", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.CheckConstraint(condition, name=op.f("ck_control_tenant_status")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_control_tenant")),
        sqlite_strict=True,
    )
