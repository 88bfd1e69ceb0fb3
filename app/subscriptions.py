"""Who hears which event: the one page on which news travels up the house.

A handler runs inside the transaction of whoever announced, so it either happens with it or not at all.
"""

from app.customers.events import customer_erased, customer_merged, walk_in_met
from app.logistics import delivery_service
from app.logistics import person_service as logistics_person_service
from app.orders import person_service as orders_person_service
from app.orders.events import orders_moved
from app.portals.auth import claims
from app.transit import transit_service


def connect() -> None:
    """One line each: ``event.connect(service.handler)``."""
    orders_moved.connect(transit_service.orders_moved)
    orders_moved.connect(delivery_service.orders_moved)
    walk_in_met.connect(claims.walk_in_met)
    customer_erased.connect(orders_person_service.customer_erased)
    customer_erased.connect(logistics_person_service.customer_erased)
    customer_merged.connect(orders_person_service.customer_merged)
