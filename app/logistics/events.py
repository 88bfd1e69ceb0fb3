"""What stops announce, inside the transaction that made it true. ``app/subscriptions.py`` says who listens."""

from blinker import Namespace

_logistics = Namespace()

delivery_planned = _logistics.signal("delivery-planned")  # sender: the Delivery; again: after one that failed
delivery_moved = _logistics.signal("delivery-moved")  # sender: the Delivery, after its step
