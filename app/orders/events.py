"""What orders announce, inside the transaction that made it true. ``app/subscriptions.py`` says who listens."""

from blinker import Namespace

_orders = Namespace()

order_placed = _orders.signal("order-placed")  # sender: the Order
