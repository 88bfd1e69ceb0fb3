from collections.abc import Collection
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


def find(route: str, target: str, message_id: str) -> Outgoing | None:
    return db.session.scalar(select(Outgoing).where(Outgoing.message_id == message_id, Outgoing.route == route, Outgoing.target == target))


def count_waiting(route: str, targets: Collection[str]) -> dict[str, int]:
    waiting = select(Outgoing.target, func.count()).where(Outgoing.state == State.WAITING, Outgoing.route == route)
    return dict(db.session.execute(waiting.where(Outgoing.target.in_(targets)).group_by(Outgoing.target)).tuples().all())


def count_overdue(before: datetime) -> int:
    """Of what should have left by then and still waits."""
    late = select(func.count()).select_from(Outgoing).where(Outgoing.state == State.WAITING, Outgoing.next_at < before)
    return db.session.scalar(late) or 0
