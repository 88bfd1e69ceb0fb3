"""What phones recorded without signal. Each event has an id of its phone's making, and happens once, however often it is sent.

The id is written first, in the same transaction as what the event does: of two that race, the second waits at the primary key until
the first is done. Then it is answered from memory.

Which refusals are remembered: those that nothing can make right any more, because the stop is past that step. A conflict of this kind
stays a conflict. Whatever may still become right is forgotten and judged anew when it is sent again: a photo can be uploaded, a stop
assigned, and what completes a stop may come in an earlier request than what started it; remembering that refusal would lose a
delivery that took place.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, StaleVersion
from app.core.unit_of_work import savepoint, unit_of_work
from app.extensions import db
from app.identity.principal import Principal
from app.logistics import delivery_rules, delivery_service, queries
from app.logistics.delivery_rules import DeliveryEvent, DeliveryStatus
from app.logistics.errors import ClientIdReused, MalformedEvent, TooLongAgo, WrongDeliveryStep
from app.logistics.models import OfflineAnswerDict, OfflineEvent

Happened = Mapping[str, Any]
Result = dict[str, Any]
# What an event can be refused for. Everything else (a database that is away) is no answer, and ends the request.
REFUSALS = (Invalid, Forbidden, NotFound, Conflict, StaleVersion)
# Refusals that stay without being remembered: time does not run backwards, and the id is taken.
FINAL = (TooLongAgo, ClientIdReused)
_APPLIED: Result = {"status": "applied", "final": True}


def take_in(events: Sequence[Happened], *, by: Principal) -> list[OfflineAnswerDict]:
    """Applied in the order in which things happened, answered in the order in which they were sent."""
    results = {place: _result_of(events[place], by=by) for place in sorted(range(len(events)), key=lambda place: _when(events[place]))}
    named = {event["deliveryId"] for event in events if "deliveryId" in event}
    stops = queries.stops_among(named, of=by.account_id or 0)
    answers = []
    for place, event in enumerate(events):
        answer = {"clientId": event["clientId"], **results[place]}
        if (stop := stops.get(event.get("deliveryId", 0))) is not None:
            answer["delivery"] = stop
        answers.append(cast(OfflineAnswerDict, answer))
    return answers


def forget_before(moment: datetime) -> int:
    """Older events are refused for their age, so nobody needs to remember them. ``moment`` lies before that age begins."""
    with unit_of_work() as session:
        return session.affected(delete(OfflineEvent).where(OfflineEvent.happened_at < moment))


def _when(event: Happened) -> tuple[int, bool]:
    """A start and an end in the same millisecond happened in that order."""
    at = clock.milliseconds(event["at"]) if "at" in event else 0
    return at, event.get("type") != DeliveryEvent.START


def _result_of(event: Happened, *, by: Principal) -> Result:
    """All of one event in one transaction, or (under an Idempotency-Key) in one part of it that can be undone."""
    try:
        if "wrong" in event:
            raise MalformedEvent(event["wrong"])
        with unit_of_work() as session, savepoint():
            known = _claim(event, by)
            if known is not None:
                return known if known["status"] == "refused" else {**known, "status": "repeated"}
            result = _carry_out(event, by=by)
            mine = OfflineEvent.account_id == by.account_id, OfflineEvent.client_id == event["clientId"]
            session.execute(update(OfflineEvent).where(*mine).values(result=result))
            return result
    except REFUSALS as error:
        return _refused(error, final=isinstance(error, FINAL))


def _claim(event: Happened, by: Principal) -> Result | None:
    """Take the client id, or get the result it already has."""
    session, key = db.session, {"account_id": by.account_id, "client_id": event["clientId"]}
    fingerprint = hashlib.sha256(orjson.dumps({**event, "at": clock.wire(event["at"])}, option=orjson.OPT_SORT_KEYS)).hexdigest()
    row = {**key, "fingerprint": fingerprint, "happened_at": event["at"], "received_at": clock.now(), "result": {}}
    try:
        with savepoint():
            session.execute(insert(OfflineEvent).values(**row))
    except IntegrityError:
        known = session.execute(select(OfflineEvent.fingerprint, OfflineEvent.result).filter_by(**key)).one()
        if known.fingerprint != fingerprint:
            raise ClientIdReused from None
        return dict(known.result)
    return None


def _carry_out(event: Happened, *, by: Principal) -> Result:
    at = delivery_rules.happened_at(event["at"], clock.now())
    kind = DeliveryEvent(event["type"])
    try:
        with savepoint():
            _step(kind, event["deliveryId"], event["data"], at, by=by)
    except WrongDeliveryStep as error:
        status = DeliveryStatus(str((error.state or {})["status"]))
        if delivery_rules.may_still(status, kind):
            raise
        return _refused(error, final=True)
    return _APPLIED


def _step(kind: DeliveryEvent, delivery_id: int, data: Mapping[str, Any], at: datetime, *, by: Principal) -> None:
    if kind == DeliveryEvent.START:
        delivery_service.start(delivery_id, by=by, at=at)
    elif kind == DeliveryEvent.COMPLETE:
        delivery_service.complete(delivery_id, data, by=by, at=at)
    else:
        delivery_service.fail(delivery_id, data["reason"], by=by, at=at)


def _refused(error: DomainError, *, final: bool) -> Result:
    state = {} if error.state is None else {"state": dict(error.state)}
    return {"status": "refused", "final": final, "error": error.sentence, "code": error.code, **state}
