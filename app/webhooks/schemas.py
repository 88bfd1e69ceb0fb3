from typing import Any

from marshmallow import fields, validate

from app.core.shapes import Line, Shape, YesNo
from app.webhooks.webhook_rules import Topic


class Url(Line):
    def __init__(self, **kwargs: Any):
        super().__init__(longest=2000, **kwargs)


class Note(Line):
    """What it is for."""

    def __init__(self, **kwargs: Any):
        super().__init__(longest=100, shortest=0, **kwargs)


class Events(fields.List[Any]):
    """Some of what there is to be told, at least one."""

    def __init__(self, **kwargs: Any):
        topic = fields.String(validate=validate.OneOf([str(topic) for topic in Topic]))
        super().__init__(topic, validate=validate.Length(1, 2 * len(Topic)), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        """Each once, so that two who mean the same store the same."""
        return sorted(set(super()._deserialize(value, attr, data, **kwargs)))


class WebhookCreate(Shape):
    url = Url(required=True)
    note = Note(load_default="")
    events = Events(required=True)
    enabled = YesNo(load_default=True)


class WebhookUpdate(Shape):
    url = Url()
    note = Note()
    events = Events()
    enabled = YesNo()
