"""A request with an ``Idempotency-Key`` happens once, however often it is sent.

The key is written first, in the same transaction as everything the request does: of two that race, the second waits at the primary
key until the first is done, and then reads its answer. A request that failed leaves no key behind and may be tried again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, LargeBinary, delete, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import Json, UtcDateTime
from app.core.errors import KeyReused
from app.core.unit_of_work import savepoint, unit_of_work
from app.extensions import Model, db


class RememberedRequest(Model):
    __tablename__ = "idempotency_key"

    caller: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(Json)
    body: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose key it is, and for what: one person's key means nothing to another, nor on another route."""

    caller: str
    route: str
    key: str
    fingerprint: str

    def _where(self) -> tuple[ColumnElement[bool], ...]:
        return RememberedRequest.caller == self.caller, RememberedRequest.route == self.route, RememberedRequest.key == self.key


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def claim(sender: Sender) -> Reply | None:
    """Inside a unit of work: take the key, or get the reply it already has."""
    session = db.session
    row = {"caller": sender.caller, "route": sender.route, "key": sender.key, "fingerprint": sender.fingerprint}
    try:
        with savepoint():
            session.execute(insert(RememberedRequest).values(**row, created_at=clock.now()))
    except IntegrityError:
        known = session.scalars(select(RememberedRequest).where(*sender._where())).one()
        if known.fingerprint != sender.fingerprint:
            raise KeyReused from None
        return Reply(known.status or 200, known.headers or {}, known.body or b"")
    return None


def remember(sender: Sender, reply: Reply) -> None:
    answer = {"status": reply.status, "headers": reply.headers, "body": reply.body}
    db.session.execute(update(RememberedRequest).where(*sender._where()).values(**answer))


def forget_replies(texts: Collection[str], *, caller: str | None = None) -> None:
    """Whoever asks to be forgotten is in kept replies too: in their own, and in any that holds one of these texts. The keys stay,
    so that nothing happens twice by it."""
    with unit_of_work() as session:
        found = [RememberedRequest.caller == caller, *(_holds(text.encode()) for text in texts)]
        session.execute(update(RememberedRequest).where(or_(*found)).values(body=b"{}").execution_options(synchronize_session=False))


def _holds(text: bytes) -> ColumnElement[bool]:
    body, part = RememberedRequest.body, literal(text, LargeBinary())
    if db.session.get_bind(RememberedRequest.__mapper__).dialect.name == "sqlite":
        return func.instr(body, part) > 0
    return func.position(part.op("IN")(body)) > 0


def forget_before(moment: datetime) -> int:
    with unit_of_work() as session:
        return session.affected(delete(RememberedRequest).where(RememberedRequest.created_at < moment))
