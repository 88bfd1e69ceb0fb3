"""The audit is only added to, and whoever changes it behind the application's back is found out."""

import logging
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit import audit_service, chain_service
from app.audit.chain_rules import hash_of
from app.audit.chain_service import Head
from app.audit.models import AuditEntry
from app.core import clock, migrations
from app.core.session import CONTROL
from app.core.unit_of_work import savepoint, unit_of_work
from app.extensions import db
from app.identity.principal import Principal
from app.tenancy.tenant_service import MAIN
from tests.support.shop import inside
from tests.support.thorough import FACTOR

BY = Principal.command_line("tests")
STATES = {
    "zone": "Asia/Kolkata",
    "total": 200.0,
    "huge": 1e16,
    "odd": 0.1,
    "name": "श्री ß\u2028",
    "list": [1, {"b": None, "a": True}],
    "": -0.0,
}


class Undone(Exception):
    pass


@pytest.fixture
def shop(app):
    with inside(app):
        for number in range(8):
            audit_service.record("thing.made", f"thing:{number}", by=BY, before={"price": number / 4}, after=STATES)
        audit_service.record_many("thing.moved", {f"thing:{number}": (None, {"to": number}) for number in range(6)}, by=BY)
        yield app


def entries():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


def drop_the_guards(session):
    for name in [*chain_service.GUARDS, *(["audit_entry_follows", "audit_head_only_one"] if on_sqlite() else [])]:
        session.execute(text(f"DROP TRIGGER {name}" + ("" if on_sqlite() else f" ON {name[:11].rstrip('_')}")))


def found(*statements, known=(), guarded=False):
    """What is wrong after these statements, which are undone again."""
    with undone() as session:
        if not guarded:
            drop_the_guards(session)
        for statement in statements:
            session.execute(text(statement))
        wrong = chain_service.verify(*known).wrong
    return wrong


@contextmanager
def undone():
    with suppress(Undone), unit_of_work() as session:
        yield session
        raise Undone


def refused(statement):
    with pytest.raises(DBAPIError, match="only added to"):
        found(statement, guarded=True)
    return True


def test_every_entry_is_chained_to_the_one_before_and_reads_as_it_was_written(shop):
    rows = entries()
    assert [row.id for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-7].after == {**STATES, "huge": rows[-7].after["huge"]}
    for before, row in pairwise(rows):
        assert row.hash == hash_of(before.hash, row.id, vars(row))
    finding = chain_service.verify()
    assert (finding.wrong, finding.entries, finding.head) == (None, len(rows), Head(rows[-1].id, rows[-1].hash))
    assert chain_service.missing_guards() == set()


def test_the_past_cannot_be_changed(shop):
    middle, last = entries()[-4].id, entries()[-1].id
    assert refused(f"UPDATE audit_entry SET actor = 'nobody' WHERE id = {last}")
    assert refused("UPDATE audit_entry SET hash = hash")
    assert refused(f"DELETE FROM audit_entry WHERE id = {last}")
    assert refused("DELETE FROM audit_entry")
    assert refused("DELETE FROM audit_head")
    assert refused(f"UPDATE audit_head SET entry_id = {middle}")
    assert refused("UPDATE audit_head SET entry_hash = 'another'")
    if on_sqlite():
        columns = "at, actor, channel, action, subject, hash"
        assert refused(f"INSERT OR REPLACE INTO audit_entry (id, {columns}) SELECT {middle}, {columns} FROM audit_entry WHERE id = {last}")
        assert refused("INSERT OR REPLACE INTO audit_head SELECT 1, 0, 'x', 1, 'x'")
    else:
        assert refused("TRUNCATE audit_entry")
        assert refused("TRUNCATE audit_head")
    assert chain_service.verify().wrong is None


def test_whatever_is_done_to_it_behind_its_guards_is_found(shop):
    chance, last = random.Random(20261120), entries()[-1].id
    assert found("SELECT 1") is None
    missed = []
    for _ in range(60 * FACTOR):
        manipulation = chance.choice(MANIPULATIONS)(chance, last)
        if found(*manipulation) is None:
            missed.append(manipulation)
    assert missed == []


def edit(chance, last):
    values = {
        "actor": "'somebody else'", "channel": "'x'", "action": "'thing.unmade'", "subject": "'thing:0x'", "account_id": "4711",
        "address": "'10.9.8.7'", "hash": f"'{chance.randbytes(32).hex()}'", "before": "'{}'", "after": "'{\"to\": 77}'",
        "at": f"'2026-01-01T00:00:{chance.randrange(10, 60)}.000Z'",
    }  # fmt: skip
    name = chance.choice(sorted(values))
    return [f"UPDATE audit_entry SET {name} = {values[name]} WHERE id = {chance.randrange(1, last + 1)}"]


def take_out(chance, last):
    return [f"DELETE FROM audit_entry WHERE id = {chance.randrange(1, last + 1)}"]


def cut_the_tail(chance, last):
    return [f"DELETE FROM audit_entry WHERE id > {chance.randrange(0, last)}"]


def cut_the_beginning(chance, last):
    """As the retention does, but too early and without a word."""
    through = chance.randrange(1, last)
    told, last_gone = chance.choice([0, through]), f"SELECT hash FROM audit_entry WHERE id = {through}"
    moved = f"UPDATE audit_head SET anchor_id = {told}, anchor_hash = ({last_gone})"
    return [moved, f"DELETE FROM audit_entry WHERE id <= {through}"]


def swap(chance, last):
    one, other = chance.sample(range(1, last + 1), 2)
    moves = [(one, -1), (other, one), (-1, other)]
    return [f"UPDATE audit_entry SET id = {to} WHERE id = {before}" for before, to in moves]


def put_in(chance, last):
    """A copy of another entry: before the beginning, after the end, or in between, where the others make room."""
    at, source = chance.choice([0, last + 1, last + 9, chance.randrange(1, last + 1)]), chance.randrange(1, last + 1)
    columns = "at, account_id, actor, channel, address, action, subject, before, after, hash"
    copy = f"INSERT INTO audit_entry (id, {columns}) SELECT {at}, {columns} FROM audit_entry WHERE abs(id) = {source}"
    if not 1 <= at <= last:
        return [copy]
    return [f"UPDATE audit_entry SET id = -id WHERE id >= {at}", copy, "UPDATE audit_entry SET id = 1 - id WHERE id < 0"]


MANIPULATIONS = [edit, take_out, cut_the_tail, cut_the_beginning, swap, put_in]


def made_anew(rows, start):
    """As somebody does who knows how: an entry changed, and every hash after it made to fit, the head's too."""
    last = Head(0, rows[start - 1].hash)
    statements = []
    for row in rows[start:]:
        entry = {**vars(row), "actor": "nobody"}
        last = Head(row.id, hash_of(last.hash, row.id, entry))
        statements.append(f"UPDATE audit_entry SET actor = 'nobody', hash = '{last.hash}' WHERE id = {row.id}")
    return [*statements, f"UPDATE audit_head SET entry_hash = '{last.hash}'"]


def test_a_chain_made_anew_is_found_by_whoever_noted_its_head(shop):
    noted, rows = chain_service.verify().head, entries()
    audit_service.record("thing.made", "thing:later", by=BY)
    assert found(*made_anew(entries(), 3)) is None
    assert "made anew" in found(*made_anew(entries(), 3), known=[noted])
    shorter = [
        f"DELETE FROM audit_entry WHERE id > {rows[4].id}",
        f"UPDATE audit_head SET entry_id = {rows[4].id}, entry_hash = '{rows[4].hash}'",
    ]
    assert found(*shorter) is None
    assert f"entry {noted.entry_id}, which was noted" in found(*shorter, known=[noted])
    assert "does not follow" in found(
        "UPDATE audit_entry SET before = 'no document'" if on_sqlite() else "UPDATE audit_entry SET before = '[1]'"
    )


def on_sqlite():
    return db.session.get_bind(clause=AuditEntry.__table__).dialect.name == "sqlite"


def test_the_register_and_the_log_are_told_how_far_it_goes(shop, caplog):
    caplog.set_level(logging.INFO, "fabclean.audit")
    finding = chain_service.watch(MAIN)
    assert chain_service.witness_of(MAIN) == finding.head
    audit_service.record("thing.made", "thing:9", by=BY)
    assert chain_service.watch(MAIN).entries == 2  # only what is new is looked at, and what it follows
    assert [record.head for record in caplog.records] == [str(finding.head), str(chain_service.verify().head)]
    noted = chain_service.witness_of(MAIN)
    with unit_of_work() as session:
        drop_the_guards(session)
        session.execute(text(f"DELETE FROM audit_entry WHERE id = {noted.entry_id}"))
    audit_service.record("thing.made", "thing:10", by=BY)
    assert f"entry {noted.entry_id}" in chain_service.watch(MAIN).wrong
    assert chain_service.witness_of(MAIN) == noted  # what is wrong is not noted as good
    assert caplog.records[-1].levelname == "ERROR"


def test_what_is_old_is_cut_off_and_the_rest_stays_whole(shop, monkeypatch):
    with monkeypatch.context() as patch:
        later = clock.now() + timedelta(days=3)
        patch.setattr(clock, "now", lambda: later)
        audit_service.record("thing.made", "thing:later", by=BY)
    before, head = len(entries()), chain_service.verify().head
    monkeypatch.setattr(chain_service, "CUT_AT_ONCE", 5)
    assert chain_service.cut(later - timedelta(days=9), by=BY) == 0
    assert [chain_service.cut(later, by=BY) for _ in range(2)] == [5, 5]
    assert (len(entries()), chain_service.verify(head).wrong) == (before - 10 + 2, None)
    monkeypatch.undo()
    assert chain_service.cut(later, by=BY) == before - 11
    finding, rows = chain_service.verify(head), entries()
    assert (finding.wrong, rows[0].subject, [row.action for row in rows[1:]]) == (None, "thing:later", ["audit.cut"] * 3)
    assert refused(f"DELETE FROM audit_entry WHERE id = {rows[0].id}")
    moved = f"UPDATE audit_head SET anchor_id = {rows[0].id}, anchor_hash = '{rows[0].hash}'"
    assert "not the oldest" in found(moved, f"DELETE FROM audit_entry WHERE id = {rows[0].id}")
    assert chain_service.watch(MAIN).wrong is None


def test_what_was_undone_leaves_no_entry(shop):
    before = len(entries())
    with unit_of_work():
        audit_service.record("thing.made", "thing:kept", by=BY)
        with suppress(Undone), savepoint():
            audit_service.record("thing.made", "thing:undone", by=BY)
            raise Undone
    with undone():
        audit_service.record("thing.made", "thing:undone", by=BY)
    assert [entry.subject for entry in entries()[before:]] == ["thing:kept"]
    assert chain_service.verify().wrong is None


def test_a_thousand_entries_take_as_many_statements_as_one(shop, statements):
    audit_service.record("thing.made", "thing:1", by=BY)
    one = len(statements)
    audit_service.record_many("thing.moved", {f"thing:{number}": (None, STATES) for number in range(1000)}, by=BY)
    assert len(statements) == 2 * one
    assert chain_service.verify().wrong is None


def test_however_many_write_at_once_it_is_one_chain(app):
    def write(name):
        with inside(app):
            for number in range(10):
                with unit_of_work():
                    audit_service.record("thing.made", f"thing:{name}", by=BY)
                    audit_service.record("thing.moved", f"thing:{name}", by=BY, after={"to": number})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with inside(app):
        rows = entries()
        assert [row.id for row in rows] == list(range(1, len(rows) + 1))
        assert sum(row.action == "thing.moved" for row in rows) == 60
        assert chain_service.verify().wrong is None


def test_what_was_there_before_the_chain_is_chained(shop):
    engine = db.engines[CONTROL]
    rows = [(row.id, row.subject, row.after) for row in entries()]
    db.session.remove()
    migrations.downgrade(engine, "tenant", "0008")
    gap = rows[3][0]
    with engine.begin() as connection:
        connection.execute(text(f"DELETE FROM audit_entry WHERE id = {gap}"))
    migrations.upgrade(engine, "tenant")
    assert [(row.id, row.subject, row.after) for row in entries()][:-1] == [row for row in rows if row[0] != gap]
    audit_service.record("thing.made", "thing:new", by=BY)
    assert chain_service.verify().wrong is None
    assert "entry 3 " in found("UPDATE audit_entry SET actor = 'nobody' WHERE id = 3")
