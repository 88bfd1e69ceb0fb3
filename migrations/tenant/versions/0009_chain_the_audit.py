"""Chain the audit: a hash over each entry and the one before, a head, and triggers that refuse everything but adding.

Whoever rebuilds ``audit_entry`` or ``audit_head`` in a later step loses the triggers on SQLite: make them again there.
"""

import secrets

import sqlalchemy as sa
from alembic import op

from app.audit.chain_rules import BEGUN, FIELDS, hash_of
from app.core import clock, columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BATCH = 2000
REFUSED = "the audit is only added to"
ENTRY = sa.table(
    "audit_entry",
    *(sa.column(name, sa.Text()) for name in ("actor", "channel", "address", "action", "subject", "hash")),
    *(sa.column(name, columns.BigInt) for name in ("id", "account_id")),
    *(sa.column(name, columns.Json()) for name in ("before", "after")),
    sa.column("at", columns.UtcDateTime()),
)
# Entries up to the anchor are the only ones that may go: their time is over, and the anchor keeps the last one's hash.
HEAD_GOES_BACK = (
    "NEW.entry_id < OLD.entry_id OR NEW.anchor_id < OLD.anchor_id OR NEW.anchor_id > NEW.entry_id"
    " OR (NEW.entry_id = OLD.entry_id AND NEW.entry_hash <> OLD.entry_hash)"
)
ON_SQLITE = {
    "audit_entry_stays": "UPDATE ON audit_entry",
    "audit_entry_kept": "DELETE ON audit_entry WHEN OLD.id > (SELECT anchor_id FROM audit_head)",
    # INSERT OR REPLACE removes what is there without asking the trigger above.
    "audit_entry_follows": "INSERT ON audit_entry WHEN NEW.id <= (SELECT entry_id FROM audit_head)",
    "audit_head_goes_on": f"UPDATE ON audit_head WHEN {HEAD_GOES_BACK}",
    "audit_head_kept": "DELETE ON audit_head",
    "audit_head_only_one": "INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head)",
}
ON_POSTGRESQL = (
    # By the schema in which its table is now: a restore renames it, and whoever chooses another one must not lead it to another head.
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        cut bigint;
    BEGIN
        IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_entry' THEN
            EXECUTE format('SELECT anchor_id FROM %I.audit_head', TG_TABLE_SCHEMA) INTO cut;
            IF OLD.id <= cut THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION 'the audit is only added to';
    END $$""",
    # What app/audit/chain_rules.py does in Python, behind the lock that every writer needs: there and back would take longer than all of it.
    """CREATE FUNCTION audit_append(said text[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        head audit_head;
        entry text;
    BEGIN
        SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
        FOREACH entry IN ARRAY said LOOP
            head.entry_id = head.entry_id + 1;
            head.entry_hash = encode(sha256(convert_to(head.entry_hash || head.entry_id || entry, 'UTF8')), 'hex');
            INSERT INTO audit_entry (id, at, account_id, actor, channel, address, action, subject, before, after, hash)
            SELECT head.entry_id, one.*, head.entry_hash FROM jsonb_to_record(entry::jsonb) AS one (
                at timestamptz, account_id bigint, actor text, channel text, address text, action text, subject text, before jsonb, after jsonb
            );
        END LOOP;
        UPDATE audit_head SET entry_id = head.entry_id, entry_hash = head.entry_hash;
    END $$""",
    "CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    f"CREATE TRIGGER audit_head_goes_on BEFORE UPDATE ON audit_head FOR EACH ROW WHEN ({HEAD_GOES_BACK}) EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_kept BEFORE DELETE OR TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", columns.BigInt, autoincrement=False, nullable=False),
        sa.Column("anchor_id", columns.BigInt, nullable=False),
        sa.Column("anchor_hash", sa.Text(), nullable=False),
        sa.Column("entry_id", columns.BigInt, nullable=False),
        sa.Column("entry_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sqlite_strict=True,
    )
    op.add_column("audit_entry", sa.Column("hash", sa.Text(), nullable=False, server_default=""))
    _chain_what_is_there()
    if op.get_bind().dialect.name == "sqlite":
        for name, when in ON_SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END")
    else:
        for statement in ON_POSTGRESQL:
            op.execute(statement)


def _chain_what_is_there() -> None:
    """From an anchor that nobody can guess, so that one business's chain is never taken for another's."""
    connection, anchor = op.get_bind(), secrets.token_hex(32)
    number, last, count = 0, anchor, 0
    hashed = sa.update(ENTRY).where(ENTRY.c.id == sa.bindparam("number")).values(hash=sa.bindparam("made"))
    some = sa.select(ENTRY.c.id, *(ENTRY.c[name] for name in FIELDS)).order_by(ENTRY.c.id).limit(BATCH)
    while rows := connection.execute(some.where(ENTRY.c.id > number)).mappings().all():
        made = []
        for row in rows:
            last = hash_of(last, row["id"], row)
            made.append({"number": row["id"], "made": last})
        connection.execute(hashed, made)
        number, count = rows[-1]["id"], count + len(rows)
    first = dict.fromkeys(FIELDS) | {"id": number + 1, "at": clock.now(), "actor": "migration", "channel": "cli"}
    first |= {"action": BEGUN, "subject": "audit:chain", "after": {"through": 0, "hash": anchor, "entries": count}}
    connection.execute(sa.insert(ENTRY).values(**first, hash=(last := hash_of(last, number + 1, first))))
    head = {"id": 1, "anchor_id": 0, "anchor_hash": anchor, "entry_id": number + 1, "entry_hash": last}
    connection.execute(sa.insert(sa.table("audit_head", *map(sa.column, head))).values(**head))


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ON_SQLITE if on_sqlite else ("audit_entry_stays", "audit_entry_kept"):
        op.execute(f"DROP TRIGGER {name}" + ("" if on_sqlite else " ON audit_entry"))
    op.drop_table("audit_head")
    if not on_sqlite:
        op.execute("DROP FUNCTION audit_refuse()")
        op.execute("DROP FUNCTION audit_append(text[])")
        op.execute("SELECT setval(pg_get_serial_sequence('audit_entry', 'id'), (SELECT max(id) FROM audit_entry))")
    op.execute("ALTER TABLE audit_entry DROP COLUMN hash")
