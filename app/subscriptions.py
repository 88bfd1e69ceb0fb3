"""Who hears which event: the one page on which news travels up the house.

A handler runs inside the transaction of whoever announced, so it either happens with it or not at all.
"""

from app.analytics import metric_service
from app.customers.events import customer_created, customer_erased, customer_merged, walk_in_met
from app.logistics import delivery_service
from app.logistics import person_service as logistics_person_service
from app.logistics.events import delivery_moved, delivery_planned
from app.messages import news_service as messages
from app.orders import person_service as orders_person_service
from app.orders.events import order_placed, orders_moved
from app.portals.auth import claims
from app.support import report_service
from app.transit import transit_service
from app.transit.events import batch_created, batch_moved
from app.webhooks import news_service


def connect() -> None:
    """One line each: ``event.connect(service.handler)``."""
    orders_moved.connect(transit_service.orders_moved)
    orders_moved.connect(delivery_service.orders_moved)
    walk_in_met.connect(claims.walk_in_met)
    customer_erased.connect(orders_person_service.customer_erased)
    customer_erased.connect(logistics_person_service.customer_erased)
    customer_merged.connect(orders_person_service.customer_merged)
    customer_erased.connect(report_service.customer_erased)
    customer_merged.connect(report_service.customer_merged)
    _count_anew()
    _tell_customers()
    _tell_programs()


def _count_anew() -> None:
    order_placed.connect(metric_service.order_placed)
    orders_moved.connect(metric_service.orders_moved)
    customer_merged.connect(metric_service.customer_merged)


def _tell_customers() -> None:
    order_placed.connect(messages.order_placed)
    orders_moved.connect(messages.orders_moved)
    delivery_planned.connect(messages.delivery_planned)
    delivery_moved.connect(messages.delivery_moved)
    customer_erased.connect(messages.customer_erased)


def _tell_programs() -> None:
    order_placed.connect(news_service.order_placed)
    orders_moved.connect(news_service.orders_moved)
    delivery_planned.connect(news_service.delivery_planned)
    delivery_moved.connect(news_service.delivery_moved)
    batch_created.connect(news_service.batch_created)
    batch_moved.connect(news_service.batch_moved)
    customer_created.connect(news_service.customer_created)
    customer_erased.connect(news_service.customer_erased)
    customer_merged.connect(news_service.customer_merged)
