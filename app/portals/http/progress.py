"""An order's way as a line of steps that a customer understands, from its status and what it has been through."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from app.orders.order_rules import Status
from app.portals.http.languages import N_

_S = Status
HANDED_IN = (N_("Handed in"), "bag", (_S.AT_STORE,))
AT_PLANT = (N_("Sent to the plant"), "truck", (_S.IN_TRANSIT, _S.AT_FACTORY))
CLEANING = (N_("Being cleaned"), "droplet", (_S.PROCESSING,))
COMING_BACK = (N_("Coming back"), "truck", (_S.IN_TRANSIT,))
READY = (N_("Ready"), "check-circle", (_S.READY,))
OUT = (N_("Out for delivery"), "truck", (_S.OUT_FOR_DELIVERY,))
DELIVERED = (N_("Delivered"), "house-check", (_S.DELIVERED,))
COLLECTED = (N_("Collected"), "bag-check", (_S.COLLECTED,))
CANCELLED = (N_("Cancelled"), "x-circle", (_S.CANCELLED,))
Milestone = tuple[str, str, tuple[Status, ...]]


class StepDict(TypedDict):
    word: str
    icon: str
    state: str  # "done", "now" or "ahead"
    at: str | None


def steps(status: str, timeline: Sequence[Mapping[str, Any]]) -> list[StepDict]:
    """``timeline``: dictionaries with ``status`` and ``at``, oldest first."""
    way = _way(status, [*(event["status"] for event in timeline), status])
    now = next((place for place in reversed(range(len(way))) if status in way[place][2]), 0)
    ended = now == len(way) - 1
    states = ["done"] * (now + ended) + ["now"] * (not ended) + ["ahead"] * (len(way) - now - 1)
    return [_step(milestone, state, timeline) for milestone, state in zip(way, states, strict=True)]


def _way(status: str, seen: Sequence[str]) -> list[Milestone]:
    """Only what happens to this order: a shop that cleans in the back room sends nothing to a plant."""
    there = seen[: seen.index(_S.READY)] if _S.READY in seen else seen
    begun = [HANDED_IN] + [AT_PLANT] * (_S.IN_TRANSIT in there or _S.AT_FACTORY in there)
    if status == _S.CANCELLED:
        return [*begun, CANCELLED]
    back = [COMING_BACK] if status == _S.IN_TRANSIT and _S.READY in seen else []
    last = [OUT, DELIVERED] if status in (_S.OUT_FOR_DELIVERY, _S.DELIVERED) else [COLLECTED]
    return [*begun, CLEANING, *back, READY, *last]


def _step(milestone: Milestone, state: str, timeline: Sequence[Mapping[str, Any]]) -> StepDict:
    """Of work the time is when it began; of the rest when it last happened: an order may be ready twice."""
    word, icon, statuses = milestone
    times = [event["at"] for event in timeline if event["status"] in statuses and state != "ahead"]
    at = None if not times else times[0] if milestone in (HANDED_IN, AT_PLANT, CLEANING) else times[-1]
    return {"word": word, "icon": icon, "state": state, "at": at}
