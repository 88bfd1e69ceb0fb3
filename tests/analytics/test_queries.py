"""The figures of the office's first page: what they count, what they leave out, and on which day."""

from datetime import datetime, timedelta

import pytest

from app.analytics import queries
from app.core import clock
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.orders import order_service
from app.orders.order_rules import Event
from tests.support.orders import ORDER
from tests.support.shop import inside

BY = Principal(Role.ADMIN, "tests", "admin", account_id=1)
KOLKATA = "Asia/Kolkata"
NOON = datetime.fromisoformat("2030-06-15T06:30:00+00:00")
BEGINS, ENDS = clock.day_around(NOON, KOLKATA)
DATA = {**ORDER, "pickupDate": None, "serviceIds": ["s1", "s3", "s3"]}  # 200 + 2 × 100
THROUGH = (Event.START, Event.FINISH, Event.COLLECT)


@pytest.fixture
def shop(app):
    with inside(app) as business:
        yield business


def order(at, *events, moved=None, **changes):
    placed = order_service.place({**DATA, **changes}, by=BY, at=at).id
    for event in events:
        order_service.transition(placed, event, by=BY, at=moved or at)
    return placed


def test_what_came_in_what_left_and_what_is_due_today(shop):
    order(BEGINS)
    order(BEGINS - timedelta(milliseconds=1), *THROUGH, moved=BEGINS)  # yesterday's, gone today
    order(BEGINS - timedelta(days=3), *THROUGH[:2])  # ready: waits for its customer, and is late through nobody's fault
    order(NOON - timedelta(days=1), serviceIds=["s1"])  # due exactly now
    order(NOON - timedelta(days=3))
    order(ENDS)
    assert queries.count_today(BEGINS, ENDS, NOON) == {"placed": 1, "out": 1, "due": 1, "late": 1}


def test_days_begin_where_the_business_is_and_the_cancelled_do_not_count(shop):
    order(BEGINS)
    order(ENDS - timedelta(milliseconds=1))
    order(BEGINS - timedelta(milliseconds=1))
    order(NOON, Event.CANCEL)
    order(NOON - timedelta(days=30))
    days = queries.taken_in(clock.local_day(NOON, KOLKATA), KOLKATA, "INR")
    assert len(days) == 30
    assert days[-2:] == [{"day": "2030-06-14", "orders": 1, "total": 400.0}, {"day": "2030-06-15", "orders": 2, "total": 800.0}]
    assert sum(day["orders"] for day in days) == 3
    best = queries.top_services(BEGINS, "INR", limit=5)
    assert [(share["id"], share["pieces"], share["total"]) for share in best] == [("s1", 2, 400.0), ("s3", 4, 400.0)]


def test_what_presses_is_unfinished_and_due_and_the_longest_overdue_comes_first(shop):
    late = order(NOON - timedelta(days=5), Event.START, moved=NOON - timedelta(days=4))
    tonight = order(NOON - timedelta(days=1), serviceIds=["s1"])
    order(NOON - timedelta(days=5), *THROUGH[:2])
    order(ENDS, serviceIds=["s1"])
    found = queries.pressing(ENDS, limit=5)
    assert [one["id"] for one in found] == [late, tonight]
    assert (found[0]["status"], found[0]["since"]) == ("Processing", clock.wire(NOON - timedelta(days=4)))


def test_an_empty_shop_has_figures_too(shop):
    assert queries.count_today(BEGINS, ENDS, NOON) == {"placed": 0, "out": 0, "due": 0, "late": 0}
    assert {day["total"] for day in queries.taken_in(clock.local_day(NOON, KOLKATA), KOLKATA, "INR")} == {0.0}
    assert (queries.top_services(BEGINS, "INR", limit=5), queries.pressing(ENDS, limit=5)) == ([], [])
