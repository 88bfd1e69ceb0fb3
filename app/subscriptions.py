"""Who hears which event: the one page on which news travels up the house.

A handler runs inside the transaction of whoever announced, so it either happens with it or not at all.
"""

from app.orders.events import orders_moved
from app.transit import transit_service


def connect() -> None:
    """One line each: ``event.connect(service.handler)``."""
    orders_moved.connect(transit_service.orders_moved)
