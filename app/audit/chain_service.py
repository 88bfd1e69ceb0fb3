"""The audit's chain: whether it is as it was written, its head told to whoever keeps a copy, and its oldest part cut off.

Entries are added by ``audit_service``. What a chain can show and what it cannot is in docs/decisions/0025.
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Dialect, RowMapping, Text, delete, func, insert, select, text, true, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeDecorator

from app.audit import audit_service
from app.audit.chain_rules import ANCHORING, CUT, FIELDS, hash_of
from app.audit.models import AuditEntry, AuditHead, AuditWitness
from app.core import clock
from app.core.actor import Actor
from app.core.unit_of_work import savepoint, unit_of_work
from app.extensions import db

READ_AT_ONCE = 1000
CUT_AT_ONCE = 10_000
CHAIN = "audit:chain"
GUARDS = {"audit_entry_stays", "audit_entry_kept", "audit_head_goes_on", "audit_head_kept"}
GUARDS_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid IN ('audit_entry'::regclass, 'audit_head'::regclass) AND tgenabled = 'O'",
}
COLUMNS = AuditEntry.__table__.columns
log = logging.getLogger("fabclean.audit")


class Head(NamedTuple):
    """How far a chain goes: its last entry, and that one's hash, which depends on everything before it."""

    entry_id: int
    hash: str

    def __str__(self) -> str:
        return f"{self.entry_id}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Finding:
    """``wrong`` names the first entry that is; None when there is none."""

    entries: int
    head: Head
    wrong: str | None


class _Broken(Exception):
    pass


def verify(*known: Head, since: Head | None = None) -> Finding:
    """Every entry against the one before it, the last one against the head, and all against heads that somebody has noted.

    With ``since`` only what came after that one, which has to be there still.
    """
    walk, wrong = _Walk((*known, *filter(None, (since,))), since), None
    try:
        with db.session.execute(_entries_beside_the_head(since)) as rows:
            for row in rows.mappings():
                walk.step(row)
        walk.end()
    except _Broken as broken:
        wrong = str(broken)
    return Finding(walk.counted, walk.head, wrong)


def _entries_beside_the_head(since: Head | None) -> Any:
    """In one statement, so that both are as they were at one moment. Values come as they lie there: some may be no values at all."""
    raw = [type_coerce(COLUMNS[name], Text()).label(name) if _decorator(name) else COLUMNS[name] for name in ("id", *FIELDS, "hash")]
    head = [AuditHead.anchor_id, AuditHead.anchor_hash, AuditHead.entry_id, AuditHead.entry_hash]
    mine = true() if since is None else AuditEntry.id >= since.entry_id
    query = select(*raw, *head).select_from(AuditHead).outerjoin(AuditEntry, mine).order_by(AuditEntry.id)
    return query.execution_options(yield_per=READ_AT_ONCE)


def _decorator(name: str) -> TypeDecorator[Any] | None:
    kind = COLUMNS[name].type
    return kind if isinstance(kind, TypeDecorator) else None


class _Walk:
    """Along the chain, one entry after the other."""

    def __init__(self, known: Iterable[Head], since: Head | None):
        self.since, self.known = since, dict[int, set[str]]()
        for number, noted in known:
            self.known.setdefault(number, set()).add(noted)
        self.head = self.anchor = self.last = Head(0, "")
        self.anchored: Head | None = None  # as the newest entry says that tells of one
        self.counted = 0
        self.dialect: Dialect = db.session.get_bind(clause=AuditEntry.__table__).dialect

    def step(self, row: RowMapping) -> None:
        if not self.head.hash:
            self._begin(row)
        if row["id"] is None:
            return
        self.counted += 1
        if self.last != self.since or row["id"] != self.last.entry_id:
            self._follow(row)
        if self.known.pop(row["id"], {row["hash"]}) != {row["hash"]}:
            raise _Broken(f"{_named(row)} is another one than was noted: from it or from one before it on, the chain was made anew")

    def _begin(self, row: RowMapping) -> None:
        self.head, self.anchor = Head(row["entry_id"], row["entry_hash"]), Head(row["anchor_id"], row["anchor_hash"])
        self.last = self.since if self.since is not None and self.since.entry_id > self.anchor.entry_id else self.anchor
        cut = {number: noted for number, noted in self.known.items() if number <= self.anchor.entry_id}
        if cut.get(self.anchor.entry_id, {self.anchor.hash}) != {self.anchor.hash}:
            raise _Broken(f"entry {self.anchor.entry_id}, the last that was cut off, is another one than was noted")
        self.known = {number: noted for number, noted in self.known.items() if number not in cut}

    def _follow(self, row: RowMapping) -> None:
        entry = self._entry_of(row)
        if entry is None or row["hash"] != hash_of(self.last.hash, row["id"], entry):
            after = f"entry {self.last.entry_id}" if self.last != self.anchor else "the beginning"
            raise _Broken(f"{_named(row)} does not follow {after}: it is not what was written, or something between them is gone")
        self.last = Head(row["id"], row["hash"])
        if entry["action"] in ANCHORING:
            told = entry["after"] if isinstance(entry["after"], dict) else {}
            self.anchored = Head(told.get("through", 0), told.get("hash", ""))

    def _entry_of(self, row: RowMapping) -> Mapping[str, Any] | None:
        entry = {name: row[name] for name in FIELDS}
        try:
            for name in FIELDS:
                if kind := _decorator(name):
                    entry[name] = kind.process_result_value(entry[name], self.dialect)
        except (ValueError, TypeError):  # SQLite takes any text where a moment or a document belongs
            return None
        return entry

    def end(self) -> None:
        if not self.head.hash:
            raise _Broken("the chain has no head")
        if self.last != self.head:
            raise _Broken(f"entry {self.last.entry_id + 1} is missing, or was added without the head: that one is {self.head}")
        if self.known:
            raise _Broken(f"entry {min(self.known)}, which was noted when it was there, is missing")
        if self.since is None and self.anchored != self.anchor:
            raise _Broken(f"entry {self.anchor.entry_id + 1} is not the oldest one: no entry tells that those before it were cut off")


def _named(row: RowMapping) -> str:
    return f"entry {row['id']} ({row['action']}, {row['subject']})"


def missing_guards() -> set[str]:
    """The triggers that refuse to change the past, where somebody took them away."""
    dialect = db.session.get_bind(clause=AuditEntry.__table__).dialect.name
    return GUARDS - set(db.session.scalars(text(GUARDS_THERE[dialect])))


def witness_of(slug: str) -> Head | None:
    row = db.session.execute(select(AuditWitness.entry_id, AuditWitness.entry_hash).where(AuditWitness.tenant_slug == slug)).one_or_none()
    return Head(*row) if row is not None else None


def watch(slug: str) -> Finding:
    """Of the business at hand: look at what is new, and if it follows from what was noted last, note how far it goes now.

    In the register, and in the log: whoever writes to the one does not reach the other.
    """
    known = witness_of(slug)
    finding = verify(since=known)
    if finding.wrong is not None:
        log.error("the audit is not as it was written", extra={"tenant": slug, "wrong": finding.wrong})
    elif finding.head != known:
        _note(slug, finding.head)
        log.info("the audit goes this far", extra={"tenant": slug, "head": str(finding.head)})
    return finding


def _note(slug: str, head: Head) -> None:
    noted = {"entry_id": head.entry_id, "entry_hash": head.hash, "at": clock.now()}
    mine = AuditWitness.tenant_slug == slug
    with unit_of_work() as session:
        older = update(AuditWitness).where(mine, AuditWitness.entry_id < head.entry_id)
        if session.affected(older.values(**noted)) == 0:
            with suppress(IntegrityError), savepoint():  # of two that note at once, the later one stays or the next will
                session.execute(insert(AuditWitness).values(tenant_slug=slug, **noted))


def forget_witness(slug: str) -> None:
    """Of a business that is deleted."""
    with unit_of_work() as session:
        session.execute(delete(AuditWitness).where(AuditWitness.tenant_slug == slug))


def accept(slug: str, because: str, *, by: Actor) -> Finding:
    """After a restore the chain ends before what was noted, or is another one. That it does, and why, is written into it; then
    it is noted anew. A chain that is broken in itself is left as it is."""
    finding = verify()
    if finding.wrong is None:
        lost = witness_of(slug)
        audit_service.record("audit.accepted", CHAIN, by=by, after={"because": because, "noted": str(lost) if lost else None})
        forget_witness(slug)
        finding = watch(slug)
    return finding


def kept_since(now: datetime, *, years: int) -> datetime:
    """To the day, so that there is at most one cut in a day, and one entry that tells of it."""
    return (now - timedelta(days=years * 365.25)).replace(hour=0, minute=0, second=0, microsecond=0)


def cut(before: datetime, *, by: Actor) -> int:
    """Remove entries older than this, from the oldest on and at most so many at once. The last one's hash stays as the anchor, and an
    entry tells of it. Returns how many there were."""
    with unit_of_work() as session:
        anchor_id, entry_id = session.execute(select(AuditHead.anchor_id, AuditHead.entry_id).with_for_update()).one()
        kept = session.scalar(select(func.min(AuditEntry.id)).where(AuditEntry.at >= before)) or entry_id
        last = select(AuditEntry.id, AuditEntry.hash).where(AuditEntry.id < kept, AuditEntry.id <= anchor_id + CUT_AT_ONCE)
        row = session.execute(last.order_by(AuditEntry.id.desc()).limit(1)).one_or_none()
        if row is None:
            return 0
        session.execute(update(AuditHead).values(anchor_id=row.id, anchor_hash=row.hash))
        gone = session.affected(delete(AuditEntry).where(AuditEntry.id <= row.id).execution_options(synchronize_session=False))
        told = {"through": row.id, "hash": row.hash, "entries": gone, "before": clock.wire(before)}
        audit_service.record(CUT, CHAIN, by=by, after=told)
        return gone
