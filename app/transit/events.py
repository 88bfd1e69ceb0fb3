"""What batches announce, inside the transaction that made it true. ``app/subscriptions.py`` says who listens."""

from blinker import Namespace

_transit = Namespace()

batch_created = _transit.signal("batch-created")  # sender: the batch as its TransitBatchDict
batch_moved = _transit.signal("batch-moved")  # sender: the same, after its step
