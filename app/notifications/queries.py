from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.core.pagination import Page, read_cursor
from app.extensions import db
from app.notifications.models import Outgoing, State


def sent_to(route: str, target: str, *, limit: int, cursor: str | None = None) -> Page[Outgoing]:
    """What was and is to be told to one receiver, the newest first."""
    query = select(Outgoing).where(Outgoing.route == route, Outgoing.target == target).order_by(Outgoing.id.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(Outgoing.id < read_cursor(cursor, (int,))[0])
    return Page.of(db.session.scalars(query).all(), limit, lambda row: [row.id])


def sent_by(routes: Collection[str], target: str, *, limit: int) -> Sequence[Outgoing]:
    """The same by several ways."""
    query = select(Outgoing).where(Outgoing.route.in_(routes), Outgoing.target == target)
    return db.session.scalars(query.order_by(Outgoing.id.desc()).limit(limit)).all()


def known(message_ids: Collection[str]) -> dict[tuple[str, str, str], str]:
    """The state of each of these that is there, by its id, route and target."""
    columns = (Outgoing.message_id, Outgoing.route, Outgoing.target, Outgoing.state)
    rows = db.session.execute(select(*columns).where(Outgoing.message_id.in_(message_ids)))
    return {(row.message_id, row.route, row.target): row.state for row in rows}


def find(route: str, target: str, message_id: str) -> Outgoing | None:
    return db.session.scalar(select(Outgoing).where(Outgoing.message_id == message_id, Outgoing.route == route, Outgoing.target == target))


def count_overdue(before: datetime) -> int:
    """Of what should have left by then and still waits."""
    late = select(func.count()).select_from(Outgoing).where(Outgoing.state == State.WAITING, Outgoing.next_at < before)
    return db.session.scalar(late) or 0
