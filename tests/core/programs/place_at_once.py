"""Places orders from so many threads at once, and prints how many were taken in. ``how`` says with which guard.

``counted``   as the service does it: whoever adds waits for whoever came before, and counts after that
``before``    the control experiment: counted at the door, as one finds it done, and added after that
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from app import config, create_app
from app.extensions import db
from app.identity.principal import Principal
from app.orders import order_service, queries
from app.tenancy import plan_service, tenant_service
from app.tenancy.errors import PlanLimit
from tests.support.processes import wait_for_the_others

how, threads, allowed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ORDER = {"customerName": "Dora", "customerEmail": "alice@example.com", "customerPhone": "555-0100", "serviceIds": ["s1"]}
app = create_app(config.load())
together = Barrier(threads)


def place(number: int) -> bool:
    with app.app_context(), tenant_service.use_tenant("main"):
        together.wait()
        if how == "before":
            if queries.count_since(datetime(2020, 1, 1, tzinfo=UTC)) >= allowed:
                return False
            db.session.rollback()
        try:
            order_service.place(ORDER, by=Principal.anyone("tests"))
        except PlanLimit:
            return False
        return True


if how == "before":
    plan_service.ensure_room = lambda *_, **__: None
with app.app_context(), tenant_service.use_tenant("main"):
    queries.count_since(datetime(2020, 1, 1, tzinfo=UTC))
wait_for_the_others()
with ThreadPoolExecutor(threads) as pool:
    print(sum(pool.map(place, range(threads))))
