"""An order's way as its customer sees it."""

import pytest

from app.orders.order_rules import Status
from app.portals.http.progress import steps

S = Status
AT_PLANT = (S.AT_STORE, S.IN_TRANSIT, S.AT_FACTORY, S.PROCESSING, S.READY)


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        ((S.AT_STORE,), "Handed in* | Being cleaned | Ready | Collected"),
        ((S.AT_STORE, S.PROCESSING), "Handed in+ | Being cleaned* | Ready | Collected"),
        (AT_PLANT[:2], "Handed in+ | Sent to the plant* | Being cleaned | Ready | Collected"),
        (AT_PLANT[:3], "Handed in+ | Sent to the plant* | Being cleaned | Ready | Collected"),
        (AT_PLANT, "Handed in+ | Sent to the plant+ | Being cleaned+ | Ready* | Collected"),
        ((*AT_PLANT, S.IN_TRANSIT), "Handed in+ | Sent to the plant+ | Being cleaned+ | Coming back* | Ready | Collected"),
        ((*AT_PLANT, S.IN_TRANSIT, S.READY), "Handed in+ | Sent to the plant+ | Being cleaned+ | Ready* | Collected"),
        ((*AT_PLANT, S.COLLECTED), "Handed in+ | Sent to the plant+ | Being cleaned+ | Ready+ | Collected+"),
        ((S.AT_STORE, S.PROCESSING, S.READY, S.OUT_FOR_DELIVERY), "Handed in+ | Being cleaned+ | Ready+ | Out for delivery* | Delivered"),
        ((S.AT_STORE, S.PROCESSING, S.READY, S.OUT_FOR_DELIVERY, S.READY), "Handed in+ | Being cleaned+ | Ready* | Collected"),
        ((S.AT_STORE, S.CANCELLED), "Handed in+ | Cancelled+"),
    ],
)
def test_the_line_of_steps(seen, line):
    timeline = [{"status": status, "at": f"2026-01-0{day}T00:00:00.000Z"} for day, status in enumerate(seen, 1)]
    marks = {"done": "+", "now": "*", "ahead": ""}
    assert " | ".join(step["word"] + marks[step["state"]] for step in steps(seen[-1], timeline)) == line


@pytest.mark.parametrize("status", list(Status))
def test_an_order_without_a_past_has_a_line_too(status):
    assert [step for step in steps(status, []) if step["state"] != "ahead"]


def test_work_is_dated_by_when_it_began_and_ready_by_when_it_last_was():
    seen = (*AT_PLANT, S.IN_TRANSIT, S.READY)
    timeline = [{"status": status, "at": f"2026-01-0{day}T00:00:00.000Z"} for day, status in enumerate(seen, 1)]
    dates = {step["word"]: (step["at"] or "")[:10] for step in steps(S.READY, timeline)}
    assert dates == {"Handed in": "2026-01-01", "Sent to the plant": "2026-01-02", "Being cleaned": "2026-01-04",
                     "Ready": "2026-01-07", "Collected": ""}  # fmt: skip
