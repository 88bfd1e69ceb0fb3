"""The outbox: what the world outside is to be told, written with the change itself and carried after it is safe.

A message is leased, carried and settled, each in a moment of its own and none of it inside the change's transaction. Whoever dies on
the way leaves a lease that runs out, and the message goes again under the same id: at least once, and never before the change is there.
"""

import logging
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, literal_column, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.session import current_home
from app.core.unit_of_work import after_commit, stop_reading, unit_of_work
from app.extensions import db
from app.notifications import queries
from app.notifications.models import Outgoing, State

LEASE = timedelta(seconds=60)  # longer than any carrier takes
ROUND_SECONDS = 10.0  # of one business; the others' messages wait that long at most
LOOK_AHEAD = timedelta(minutes=1)
MOST_DEATHS = 20  # a message that kills its carrier again and again is not to go on for ever
WAITS: ColumnElement[str] = literal_column("'waiting'")  # not bound: only so does SQLite see that the partial indexes answer the question
log = logging.getLogger("fabclean.outbox")
# Which businesses have something to carry soon, as far as this process knows.
_noted: set[str] = set()


@dataclass(frozen=True, slots=True)
class Done:
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """``shut``: nothing else for this receiver is tried in this round."""

    at: datetime
    note: str
    shut: bool = True


@dataclass(frozen=True, slots=True)
class Parked:
    note: str


Outcome = Done | Again | Parked
Carrier = Callable[[Outgoing, datetime], Outcome]


def new_id() -> str:
    return f"msg_{secrets.token_urlsafe(18)}"


def put(rows: Collection[Mapping[str, Any]]) -> None:
    """Inside the unit of work that makes it true. Each row says ``route, target, subject, topic, data``; and ``message_id``, where one
    message goes to several or must not go twice; and ``next_at``, where it is to wait."""
    if not rows:
        return
    now, slug = clock.now(), current_home().slug
    fresh = {"created_at": now, "next_at": now, "state": State.WAITING, "attempts": 0}
    with unit_of_work() as session:
        session.execute(insert(Outgoing), [{"message_id": new_id(), **fresh, **row} for row in rows])
        after_commit(lambda: _noted.add(slug))


def put_once(rows: Iterable[Mapping[str, Any]]) -> None:
    """What was told already, or waits to be, is not told twice; what was parked (it was taken back, say) gets another chance.

    Whoever calls holds what the messages are about, so two do not come here with the same one at once; the index would refuse one.
    """
    named = {(row["message_id"], row["route"], row["target"]): row for row in rows}
    with unit_of_work():
        known = queries.known([message_id for message_id, _, _ in named]) if named else {}
        put([row for name, row in named.items() if name not in known])
        for (message_id, route, target), state in known.items():
            if state == State.PARKED and (row := named.get((message_id, route, target))) is not None:
                send_again(route, target, message_id, at=row["next_at"])


def take_noted() -> set[str]:
    """Businesses that ``deliver_due`` should look after now. What other processes wrote is found by looking at all, now and then."""
    noted = set(_noted)
    _noted.difference_update(noted)
    return noted


def deliver_due(carriers: Mapping[str, Carrier], *, now: Callable[[], datetime] = clock.now) -> int:
    """Carry what is due for the business in force, for some seconds at most; says how many were tried."""
    until, tried, shut = time.monotonic() + ROUND_SECONDS, 0, set[tuple[str, str]]()
    while time.monotonic() < until and (message := lease(carriers.keys(), now(), without=shut)) is not None:
        outcome = _carry(carriers[message.route], message, now())
        if isinstance(outcome, Again) and outcome.shut:
            shut.add((message.route, message.target))
        settle(message, outcome, now())
        tried += 1
    _note_what_waits(now())
    return tried


def lease(routes: Collection[str], now: datetime, *, without: Collection[tuple[str, str]] = ()) -> Outgoing | None:
    """The next message, nobody else's for a minute. In one statement: beside it nobody writes on SQLite, or gets the row on PostgreSQL."""
    due = [Outgoing.state == WAITS, Outgoing.next_at <= now, Outgoing.route.in_(routes), _unleased(now), _first_in_lane()]
    if without:
        due.append(tuple_(Outgoing.route, Outgoing.target).not_in(list(without)))
    first = select(Outgoing.id).where(*due).order_by(Outgoing.next_at, Outgoing.id).limit(1).with_for_update(skip_locked=True)
    taken = update(Outgoing).where(Outgoing.id == first.scalar_subquery())
    taken = taken.values(lease_until=now + LEASE, attempts=Outgoing.attempts + 1).returning(Outgoing)
    fresh = {"populate_existing": True, "synchronize_session": False}
    with unit_of_work() as session:
        message = session.scalars(taken, execution_options=fresh).one_or_none()
        if message is not None:
            session.expunge(message)
    return message


def settle(message: Outgoing, outcome: Outcome, now: datetime) -> bool:
    """What became of it. Of a carrier so slow that its lease ran out the word counts no more: somebody else has the message."""
    mine = (Outgoing.id == message.id, Outgoing.state == WAITS, Outgoing.attempts == message.attempts)
    if isinstance(outcome, Again):
        values: dict[str, Any] = {"next_at": outcome.at, "note": outcome.note}
    else:
        values = {"state": State.DONE if isinstance(outcome, Done) else State.PARKED, "ended_at": now, "note": outcome.note}
    with unit_of_work() as session:
        settled = update(Outgoing).where(*mine).values(lease_until=None, **values)
        return session.affected(settled.execution_options(synchronize_session=False)) == 1


def park(route: str, target: str, note: str) -> None:
    """What waits for this receiver need not be tried any more."""
    with unit_of_work() as session:
        parked = update(Outgoing).where(Outgoing.state == WAITS, Outgoing.route == route, Outgoing.target == target)
        parked = parked.values(state=State.PARKED, ended_at=clock.now(), lease_until=None, note=note)
        session.execute(parked.execution_options(synchronize_session=False))


def send_again(route: str, target: str, message_id: str, *, at: datetime | None = None) -> bool:
    """What is done or parked goes out once more, under the id it had. Of two who ask at once, one does it."""
    slug = current_home().slug
    which = (Outgoing.route == route, Outgoing.target == target, Outgoing.message_id == message_id, Outgoing.state != WAITS)
    anew = {"state": State.WAITING, "attempts": 0, "next_at": at or clock.now(), "ended_at": None, "note": None}
    with unit_of_work() as session:
        after_commit(lambda: _noted.add(slug))
        return session.affected(update(Outgoing).where(*which).values(**anew).execution_options(synchronize_session=False)) == 1


def forget(route: str, target: str) -> None:
    _forget(Outgoing.route == route, Outgoing.target == target)


def forget_before(moment: datetime) -> None:
    _forget(Outgoing.created_at < moment, Outgoing.state != WAITS)


def _forget(*which: ColumnElement[bool]) -> None:
    with unit_of_work() as session:
        session.execute(delete(Outgoing).where(*which).execution_options(synchronize_session=False))


def _carry(carrier: Carrier, message: Outgoing, now: datetime) -> Outcome:
    if message.attempts > MOST_DEATHS:
        return Parked("given up after too many tries")
    try:
        return carrier(message, now)
    except Exception:  # whatever it is, the next message is somebody else's
        log.exception("a message could not be carried", extra={"route": message.route, "topic": message.topic})
        return Again(now + timedelta(minutes=5), "failed here")


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(Outgoing.lease_until.is_(None), Outgoing.lease_until <= now)


def _first_in_lane() -> ColumnElement[bool]:
    """Nothing older about the same thing still waits for the same receiver."""
    elder = aliased(Outgoing)
    same = and_(elder.route == Outgoing.route, elder.target == Outgoing.target, elder.subject == Outgoing.subject)
    return ~select(elder.id).where(elder.state == WAITS, same, elder.id < Outgoing.id).exists()


def _note_what_waits(now: datetime) -> None:
    stop_reading()
    soon = select(Outgoing.id).where(Outgoing.state == WAITS, Outgoing.next_at <= now + LOOK_AHEAD).limit(1)
    if db.session.scalar(soon) is not None:
        _noted.add(current_home().slug)
