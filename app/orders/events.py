"""What orders announce, inside the transaction that made it true. ``app/subscriptions.py`` says who listens."""

from blinker import Namespace

_orders = Namespace()

order_placed = _orders.signal("order-placed")  # sender: the Order; by
order_moved = _orders.signal("order-moved")  # sender: the order's id; event, before, after
# Of every step too, once for all orders that took it together, for those who can deal with many at once.
orders_moved = _orders.signal("orders-moved")  # sender: their ids; event, by
