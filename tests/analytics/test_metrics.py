"""What is stored always equals a count of the rows, whatever has happened to them since, and on the day the clocks change."""

import random
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from app.analytics import metric_rules, metric_service
from app.analytics.metric_rules import COUNTED_AT, Grain
from app.analytics.models import Metric, MetricTouch
from app.analytics.queries import metrics
from app.core import clock
from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from app.customers import erasing_service
from app.extensions import db
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.orders import order_service
from app.orders.models import Order, OrderEvent
from app.orders.order_rules import Event, Status, possible
from app.places.models import Store
from app.tenancy import tenant_service
from app.tenancy.models import Tenant
from tests.analytics.counted_by_hand import by_hand, returned_between
from tests.support.orders import ORDER
from tests.support.shop import inside
from tests.support.thorough import FACTOR

BERLIN = "Europe/Berlin"
BY = Principal(Role.ADMIN, "tests", "admin", account_id=1)
# The clocks go forward on 29 March 2026; days before and after it, and enough for somebody to be missed.
FIRST, DAYS = datetime(2026, 1, 25, tzinfo=UTC), 98


@pytest.fixture
def shop(app):
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Tenant).values(timezone=BERLIN))
    tenant_service.forget_remembered()
    with inside(app) as business:
        yield business


def place(at, email="jane@example.com", **changes):
    return order_service.place({**ORDER, "pickupDate": None, "customerEmail": email, **changes}, by=BY, at=at)


def count(now):
    metric_service.count(now, BERLIN)


def stored(grain, start):
    db.session.rollback()
    return {key: value for key, value in metrics.stored(grain, start).items() if key[1] != COUNTED_AT}


def check(now):
    """Each day, week and month there is, or was counted."""
    db.session.rollback()
    hand = by_hand(BERLIN, now)
    today = clock.local_day(now, BERLIN)
    days = {day for day in hand if day <= today} | set(db.session.scalars(select(Metric.start).where(Metric.grain == Grain.DAY)))
    for day in sorted(days):
        assert stored(Grain.DAY, day) == {key: value for key, value in hand[day].items() if value}, day
    for grain in (Grain.WEEK, Grain.MONTH):
        for start in sorted({metric_rules.start_of(grain, day) for day in days}):
            last = metric_rules.after(grain, start) - timedelta(days=1)
            sums = {}
            for day in metric_rules.days_between(start, min(last, today)):
                for (scope, name), value in hand[day].items():
                    if name != "returning" and value:
                        sums[scope, name] = sums.get((scope, name), 0) + value
            assert stored(grain, start) == sums | returned_between(start, last, BERLIN), (grain, start)


def one_more_thing(dice, now):
    """Something that may happen to a laundry's rows at this moment, of the past as well."""
    emails = [f"customer{number}@example.com" for number in range(7)]
    ids = list(db.session.scalars(select(Order.id)))
    thing = dice.random()
    if thing < 0.45 or not ids:
        past = now - timedelta(minutes=dice.choice((0, 0, 30, 60 * 24 * 3, 60 * 24 * 95)))
        place(past, dice.choice(emails), serviceIds=dice.choices(("s1", "s2", "s3"), k=dice.randint(1, 3)))
        if dice.random() < 0.3:
            with unit_of_work() as session:  # in another store, as an import may bring it
                newest = select(Order.id).order_by(Order.created_at.desc(), Order.id).limit(1).scalar_subquery()
                session.execute(update(Order).where(Order.id == newest).values(store_id=2).execution_options(synchronize_session=False))
    elif thing < 0.9:
        for order_id in dice.sample(ids, min(4, len(ids))):
            db.session.rollback()
            status = Status(db.session.scalar(select(Order.status).where(Order.id == order_id)))
            if steps := possible(status, Role.ADMIN):
                order_service.transition(order_id, dice.choice(steps), by=BY, at=now - timedelta(minutes=dice.choice((0, 0, 0, 200))))
    elif thing < 0.95:
        customers = sorted(set(db.session.scalars(select(Order.customer_id))))
        if len(customers) > 3:
            with suppress(DomainError):  # one that has gone already
                erasing_service.merge(*dice.sample(customers, 2), by=BY)
    else:
        with suppress(DomainError):
            erasing_service.erase(dice.choice(sorted(set(db.session.scalars(select(Order.customer_id))))), by=BY)


@pytest.mark.parametrize("seed", range(FACTOR))
def test_what_is_stored_equals_the_rows(shop, seed):
    dice, now = random.Random(f"metrics {seed}"), FIRST
    with unit_of_work() as session:
        session.add(Store(code="S2", name="Second", created_at=FIRST))
    while now < FIRST + timedelta(days=DAYS):
        now += timedelta(minutes=dice.choice((60 * 3, 60 * 14, 60 * 40, 60 * 24 * 4)))
        one_more_thing(dice, now)
        if dice.random() < 0.06:
            count(now)
    count(now)
    check(now)
    assert db.session.scalars(select(MetricTouch)).all() == []


def test_a_day_has_twenty_three_hours_when_the_clocks_go_forward(shop):
    spring = date(2026, 3, 29)
    begins = datetime(2026, 3, 28, 23, tzinfo=UTC)
    for at in (begins - timedelta(milliseconds=1), begins, begins + timedelta(hours=23, milliseconds=-1), begins + timedelta(hours=23)):
        place(at)
    count(begins + timedelta(days=3))
    ins = {day: stored(Grain.DAY, day).get(("", "placed")) for day in metric_rules.days_between(date(2026, 3, 28), date(2026, 3, 30))}
    assert ins == {date(2026, 3, 28): 1, spring: 2, date(2026, 3, 30): 1}


def test_only_what_was_touched_is_counted_again_and_a_rebuild_mends_the_rest(app, shop):
    now = clock.now()
    order = place(now - timedelta(days=3))
    count(now)
    day, total = clock.local_day(order.created_at, BERLIN), order.total_minor
    with unit_of_work() as session:  # somebody repairs the rows by hand, and the figures do not hear of it
        session.execute(update(Order).values(total_minor=Order.total_minor + 1).execution_options(synchronize_session=False))
        session.execute(delete(OrderEvent))
    count(now)
    assert stored(Grain.DAY, day)["", "revenue"] == total
    assert "counted anew" in app.test_cli_runner().invoke(args=["metrics", "rebuild"]).output
    with inside(app):
        assert stored(Grain.DAY, day)["", "revenue"] == total + 1


def test_two_who_came_once_are_one_who_came_back(shop):
    now = FIRST + timedelta(days=60)
    first, second = (place(now - timedelta(days=ago), f"{ago}@example.com").customer_id for ago in (40, 2))
    count(now)
    day = clock.local_day(now - timedelta(days=2), BERLIN)
    assert stored(Grain.DAY, day)["", "new"] == 1
    erasing_service.merge(second, first, by=BY)
    count(now)
    assert stored(Grain.DAY, day)["", "returning"] == 1
    check(now)


def test_what_is_undone_leaves_no_touch(shop):
    def broken_off():
        with unit_of_work():
            place(clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert db.session.scalars(select(MetricTouch)).all() == []


def test_a_step_that_counts_is_taken_back(shop):
    order = place(clock.now())
    for event in (Event.START, Event.FINISH):
        order_service.transition(order.id, event, by=BY)
    count(clock.now())
    today = clock.local_day(clock.now(), BERLIN)
    assert stored(Grain.DAY, today)["", "ready"] == 1
    order_service.undo_scan(order.id, "ready", by=BY)
    count(clock.now())
    assert ("", "ready") not in stored(Grain.DAY, today)
    check(clock.now())
