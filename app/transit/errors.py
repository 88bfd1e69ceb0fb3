from collections.abc import Mapping

from app.core.errors import Conflict, Invalid, NotFound


class UnknownBatch(NotFound):
    code = "unknown_batch"
    sentence = "There is no such batch."


class NotInBatch(NotFound):
    code = "not_in_batch"
    sentence = "This order is not in the batch."


class BadOrderId(Invalid):
    """One of the orders somebody wants to send is none: the request is wrong, not the address."""

    code = "bad_order_id"

    def __init__(self, sentence: str):
        super().__init__(sentence, fields={"order_ids": [sentence]})


class WrongBatchStep(Invalid):
    """The contract answers a wrong step of a batch with 400, naming the state it would need."""

    code = "wrong_batch_step"


class EmptyBatch(Conflict):
    code = "empty_batch"
    sentence = "There is nothing in this batch. Put orders into it, or cancel it."


class AlreadyInBatch(Conflict):
    code = "already_in_batch"
    sentence = "One of these orders is in another open batch. An order travels in one at a time."

    @classmethod
    def named(cls, batches: Mapping[str, int]) -> "AlreadyInBatch":
        """``batches``: which order is in which."""
        first = next((f"Order {order_id} is in batch {batch_id}" for order_id, batch_id in batches.items()), None)
        return cls(first and f"{first}, which is still open. An order travels in one at a time.", state={"batches": batches})


class CannotTravel(Conflict):
    """An order whose own state does not allow this journey."""

    code = "cannot_travel"
