"""A batch's life: four states, one way, and a way out before it has left. And what each journey asks of an order."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.words import say
from app.orders.order_rules import Event, Status
from app.transit.errors import WrongBatchStep


class BatchType(StrEnum):
    STORE_TO_FACTORY = "STORE_TO_FACTORY"
    FACTORY_TO_STORE = "FACTORY_TO_STORE"


class BatchStatus(StrEnum):
    PENDING = "PENDING"
    IN_TRANSIT = "IN_TRANSIT"
    ARRIVED = "ARRIVED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class BatchEvent(StrEnum):
    CHANGE = "change"
    INITIATE = "initiate"
    ARRIVE = "arrive"
    COMPLETE = "complete"
    CANCEL = "cancel"


# What happens: from where it may, and where it leads.
STEPS: dict[BatchEvent, tuple[BatchStatus, BatchStatus]] = {
    BatchEvent.CHANGE: (BatchStatus.PENDING, BatchStatus.PENDING),
    BatchEvent.INITIATE: (BatchStatus.PENDING, BatchStatus.IN_TRANSIT),
    BatchEvent.ARRIVE: (BatchStatus.IN_TRANSIT, BatchStatus.ARRIVED),
    BatchEvent.COMPLETE: (BatchStatus.ARRIVED, BatchStatus.COMPLETED),
    BatchEvent.CANCEL: (BatchStatus.PENDING, BatchStatus.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Journey:
    needs: Status  # where an order must be to go along
    leaves: Event
    arrives: Event


# Only a finished order goes back: what is received at the store counts as ready, so an unfinished one would skip the plant's work.
JOURNEYS: dict[BatchType, Journey] = {
    BatchType.STORE_TO_FACTORY: Journey(Status.AT_STORE, Event.SEND_OUT, Event.RECEIVE_AT_PLANT),
    BatchType.FACTORY_TO_STORE: Journey(Status.READY, Event.SEND_BACK, Event.RECEIVE_AT_STORE),
}
RECEIPTS = frozenset(journey.arrives for journey in JOURNEYS.values())
# After these an order never travels again.
ENDS = frozenset({Event.CANCEL, Event.COLLECT})


def step(status: BatchStatus, event: BatchEvent) -> BatchStatus:
    needed, after = STEPS[event]
    if status != needed:
        raise WrongBatchStep(
            say("To %(event)s a batch it must be %(needed)s; this one is %(status)s.", event=event, needed=needed, status=status),
            state={"status": status},
        )
    return after


def possible(status: BatchStatus) -> list[BatchEvent]:
    """What can be done with a batch that is here."""
    return [event for event, (needed, _) in STEPS.items() if needed == status]
