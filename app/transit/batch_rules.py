"""A batch's life: four states, one way, and a way out before it has left."""

from enum import StrEnum

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
    INITIATE = "initiate"
    ARRIVE = "arrive"
    COMPLETE = "complete"
    CANCEL = "cancel"


# What happens: from where it may, and where it leads.
STEPS: dict[BatchEvent, tuple[BatchStatus, BatchStatus]] = {
    BatchEvent.INITIATE: (BatchStatus.PENDING, BatchStatus.IN_TRANSIT),
    BatchEvent.ARRIVE: (BatchStatus.IN_TRANSIT, BatchStatus.ARRIVED),
    BatchEvent.COMPLETE: (BatchStatus.ARRIVED, BatchStatus.COMPLETED),
    BatchEvent.CANCEL: (BatchStatus.PENDING, BatchStatus.CANCELLED),
}
OPEN = frozenset({BatchStatus.PENDING, BatchStatus.IN_TRANSIT, BatchStatus.ARRIVED})


def step(status: BatchStatus, event: BatchEvent) -> BatchStatus:
    needed, after = STEPS[event]
    if status != needed:
        raise WrongBatchStep(f"To {event} a batch it must be {needed}; this one is {status}.", state={"status": status})
    return after
