"""A list asks the database as often with many rows as with few."""

import pytest

from tests.support.orders import place
from tests.support.people import ADMIN, ERIN, client_of
from tests.transit.batches import batch_of

LISTS = {
    "/admin/api/orders": ADMIN,
    "/admin/api/customers": ADMIN,
    "/admin/api/deliveries": ADMIN,
    "/admin/api/transit-batches": ADMIN,
    "/admin/api/workers": ADMIN,
    "/admin/api/services": ADMIN,
    "/employee/api/orders": ERIN,
    "/employee/api/customers": ERIN,
    "/employee/api/transit-batches": ERIN,
    "/admin/orders/": ADMIN,
    "/admin/customers/": ADMIN,
    "/employee/board": ERIN,
}


def fill(admin, count: int) -> None:
    for number in range(count):
        order = place(admin, customerEmail=f"row{number}.{count}@example.com")
        admin.post("/admin/api/deliveries", json={"order_id": order["id"], "kind": "PICKUP"})
        batch_of(admin, [order["id"]])
        admin.post("/admin/api/workers", json={"name": "W", "email": f"w{number}.{count}@shop.example", "role": "worker"})


@pytest.mark.slow
def test_a_list_asks_as_often_with_many_rows_as_with_few(app, admin, statements):
    readers = {person: client_of(app, person) for person in (ADMIN, ERIN)}

    def asked() -> dict[str, int]:
        counts = {}
        for path, person in LISTS.items():
            assert readers[person].get(path).status_code == 200
            statements.clear()
            assert readers[person].get(path).status_code == 200
            counts[path] = sum("control_" not in statement for statement in statements)  # whose host it is, is asked every few seconds
        return counts

    fill(admin, 1)
    few = asked()
    fill(admin, 7)
    assert asked() == few
