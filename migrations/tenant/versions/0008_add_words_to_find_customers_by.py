"""Add the words that customers are found by, and an index of ticket numbers."""

import sqlalchemy as sa
from alembic import op

from app.core import columns
from app.customers.search_rules import words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_CUSTOMER = sa.table("customer", *map(sa.column, ("id", "name", "email", "phone", "anonymised_at", "merged_into_id")))
_ORDERS = sa.table("orders", *map(sa.column, ("customer_id", "customer_name", "customer_email", "customer_phone")))


def upgrade() -> None:
    op.create_table(
        "customer_word",
        sa.Column("word", columns.Word, nullable=False),
        sa.Column("customer_id", columns.BigInt, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_word_customer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("word", "customer_id", name=op.f("pk_customer_word")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _fill()
    op.create_index("ix_customer_word_customer", "customer_word", ["customer_id", "word"])
    op.create_index("ix_orders_number", "orders", ["number"])


def downgrade() -> None:
    op.drop_index("ix_orders_number", "orders")
    op.drop_table("customer_word")


def _fill() -> None:
    """A thousand customers at a time, with what their orders say of them."""
    connection = op.get_bind()
    table = sa.table("customer_word", sa.column("word"), sa.column("customer_id"))
    current = (_CUSTOMER.c.anonymised_at.is_(None), _CUSTOMER.c.merged_into_id.is_(None))
    last = 0
    while people := connection.execute(
        sa.select(_CUSTOMER).where(_CUSTOMER.c.id > last, *current).order_by(_CUSTOMER.c.id).limit(_AT_ONCE)
    ).all():
        first, last = people[0].id, people[-1].id
        found = {(person.id, word) for person in people for word in words(person.name, person.email, person.phone)}
        known = {person.id for person in people}
        for order in connection.execute(sa.select(_ORDERS).distinct().where(_ORDERS.c.customer_id.between(first, last))):
            if order.customer_id in known:
                said = words(order.customer_name, order.customer_email, order.customer_phone)
                found |= {(order.customer_id, word) for word in said}
        connection.execute(sa.insert(table), [{"customer_id": number, "word": word} for number, word in sorted(found)])
