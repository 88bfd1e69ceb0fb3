from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate

from app.core.shapes import Day, Line, PageQuery, Shape, Text
from app.logistics.delivery_rules import DeliveryEvent, DeliveryStatus, Kind

MOST_EVENTS = 200
LARGEST_ID = 2**53
_CAMEL = {"orderId": "order_id", "workerId": "worker_id"}


class Id(fields.Integer):
    def __init__(self, **kwargs: Any):
        super().__init__(strict=True, validate=validate.Range(1, LARGEST_ID), **kwargs)


class QueryId(fields.Integer):
    """In an address everything is text."""

    def __init__(self, **kwargs: Any):
        super().__init__(validate=validate.Range(1, LARGEST_ID), **kwargs)


class FileId(fields.String):
    def __init__(self, **kwargs: Any):
        super().__init__(validate=validate.Regexp(r"^[0-9a-f]{32}\Z", error="Not a file's id."), **kwargs)


class Moment(fields.AwareDateTime):
    """A moment with its zone, kept to the millisecond and in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)
        except OverflowError as failure:
            raise ValidationError("There is no such moment.") from failure


class DeliveryChanges(Shape):
    """snake_case, as the documented request has it; camelCase, as everything else here, is read too."""

    worker_id = Id(allow_none=True, metadata={"description": "May also be written workerId."})
    window = Line(longest=60, allow_none=True)
    address = Text(longest=300, allow_none=True)
    day = Day()
    position = fields.Integer(strict=True, validate=validate.Range(0, 10_000))

    @pre_load
    def _either_spelling(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        for name, meant in _CAMEL.items():
            if name in data and meant in data:
                raise ValidationError({name: [f"Send {meant} or {name}, not both."]})
        return {_CAMEL.get(name, name): value for name, value in data.items()}

    @post_load
    def _nowhere_is_none(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "address": data["address"] or None} if "address" in data else data


class DeliveryCreate(DeliveryChanges):
    order_id = Line(longest=40, required=True, metadata={"description": "May also be written orderId."})
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))


class DeliveryUpdate(DeliveryChanges):
    pass


class DeliveryFilter(PageQuery):
    day = Day()
    worker = QueryId()
    status = fields.String(validate=validate.OneOf(list(DeliveryStatus)))


class RoundQuery(Shape):
    """``date``: today, where the business is, when left out."""

    date = Day(load_default=None)


class ProofCreate(Shape):
    """Who took it, or a photo or a signature that was uploaded before. At least one of them. ``code``: of the bag that was scanned."""

    name = Line(longest=100, allow_none=True)
    code = Line(longest=200, allow_none=True)
    photo = FileId(allow_none=True)
    signature = FileId(allow_none=True)


class Failure(Shape):
    reason = Line(longest=300, required=True)


class _NoData(Shape):
    pass


_DATA: dict[str, type[Shape]] = {DeliveryEvent.START: _NoData, DeliveryEvent.COMPLETE: ProofCreate, DeliveryEvent.FAIL: Failure}


class OfflineEventShape(Shape):
    clientId = Line(longest=100, required=True)
    type = fields.String(required=True, validate=validate.OneOf(list(_DATA)))
    deliveryId = Id(required=True)
    at = Moment(required=True)
    data = fields.Dict(keys=fields.String(), load_default=dict)

    @post_load
    def _read_data(self, event: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What belongs to a step is what its own door takes."""
        return {**event, "data": _DATA[event["type"]]().load(event["data"])}


class OneEvent(fields.Nested):
    """An event that is wrong in itself is refused alone: one bad entry must not keep a whole phone from being heard."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, partial, **kwargs)
        except ValidationError as failure:
            client_id = value.get("clientId") if isinstance(value, dict) else None
            if not isinstance(client_id, str) or not 1 <= len(client_id) <= 100:
                raise
            return {"clientId": client_id.strip(), "wrong": _first_sentence(failure.messages)}


class SyncRequest(Shape):
    events = fields.List(OneEvent(OfflineEventShape), required=True, validate=validate.Length(1, MOST_EVENTS))


def _first_sentence(messages: Any, path: str = "") -> str:
    while isinstance(messages, dict):
        name, messages = next(iter(messages.items()))
        path = f"{path}.{name}" if path else str(name)
    return f"{path}: {messages[0] if isinstance(messages, list) else messages}"
