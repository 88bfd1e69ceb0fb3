"""A stop's life: planned, under way, and done or failed. A failed one is planned anew as another stop."""

from enum import StrEnum

from app.logistics.errors import WrongDeliveryStep


class Kind(StrEnum):
    PICKUP = "PICKUP"
    DROP_OFF = "DROP_OFF"


class DeliveryStatus(StrEnum):
    PLANNED = "PLANNED"
    STARTED = "STARTED"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class DeliveryEvent(StrEnum):
    START = "start"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"


_S, _E = DeliveryStatus, DeliveryEvent
STEPS: dict[tuple[DeliveryStatus, DeliveryEvent], DeliveryStatus] = {
    (_S.PLANNED, _E.START): _S.STARTED,
    (_S.PLANNED, _E.CANCEL): _S.CANCELLED,
    (_S.STARTED, _E.COMPLETE): _S.DONE,
    (_S.STARTED, _E.FAIL): _S.FAILED,
    (_S.STARTED, _E.CANCEL): _S.CANCELLED,
}


def step(status: DeliveryStatus, event: DeliveryEvent) -> DeliveryStatus:
    after = STEPS.get((status, event))
    if after is None:
        raise WrongDeliveryStep(f"A delivery that is {status} cannot {event}.", state={"status": status})
    return after
