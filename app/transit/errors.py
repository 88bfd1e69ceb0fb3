from app.core.errors import Conflict, Invalid, NotFound


class UnknownBatch(NotFound):
    code = "unknown_batch"
    sentence = "There is no such batch."


class WrongBatchStep(Invalid):
    """The contract answers a wrong step of a batch with 400, naming the state it would need."""

    code = "wrong_batch_step"


class AlreadyInBatch(Conflict):
    code = "already_in_batch"
    sentence = "One of these orders is in another open batch. An order travels in one at a time."


class CannotTravel(Conflict):
    """An order whose own state does not allow this journey."""

    code = "cannot_travel"
