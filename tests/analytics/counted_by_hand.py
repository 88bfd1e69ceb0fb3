"""Every figure once more, from all rows in memory, with nothing in common with the statements that are tested."""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.extensions import db
from app.identity.models import Account
from app.orders.models import Order, OrderEvent, OrderItem

UNFINISHED = ("At Store", "In Transit", "At Factory", "Processing")
DOING = {"finished": "finished", "delivered": "delivered", "collected": "handedOver"}


def by_hand(timezone, now):
    """By day: what is counted of it."""
    zone = ZoneInfo(timezone)
    found = defaultdict(Counter)

    def day_of(moment):
        return moment.astimezone(zone).date()

    def over_at(day):
        return min(now, _midnight(day + timedelta(days=1), zone))

    def add(day, order, name, value=1):
        found[day]["", name] += value
        found[day][f"store/{order.store_id}", name] += value

    orders = {order.id: order for order in db.session.scalars(select(Order))}
    events = defaultdict(list)
    staff = {account.id for account in db.session.scalars(select(Account)) if account.realm == "staff"}
    for event in db.session.scalars(select(OrderEvent).order_by(OrderEvent.id)):
        events[event.order_id].append(event)
        order = orders[event.order_id]
        if event.account_id in staff:
            figures, scope = found[day_of(event.at)], f"worker/{event.account_id}"
            figures[scope, "steps"] += 1
            if event.event == "placed" and order.status != "Cancelled":
                figures[scope, "taken"] += 1
                figures[scope, "takenValue"] += order.total_minor
            if event.event in DOING:
                figures[scope, DOING[event.event]] += 1
    kept = [order for order in orders.values() if order.status != "Cancelled"]
    for order in orders.values():
        add(day_of(order.created_at), order, "placed" if order in kept else "cancelled")
    for order in kept:
        add(day_of(order.created_at), order, "revenue", order.total_minor)
        readies = [event.at for event in events[order.id] if event.event in ("finished", "received at the store")]
        ready = readies[-1] if readies and order.status not in UNFINISHED else None
        if ready:
            add(day_of(ready), order, "ready")
            add(day_of(ready), order, "turnaroundMinutes", int((ready - order.created_at).total_seconds() // 60))
        due = day_of(order.due_at)
        add(due, order, "due")
        if ready and ready <= order.due_at:
            add(due, order, "onTime")
        elif order.due_at < over_at(due):
            add(due, order, "late")
        if order.status in ("Collected", "Delivered"):
            add(day_of([event.at for event in events[order.id] if event.to_status in ("Collected", "Delivered")][-1]), order, "out")
    for item in db.session.scalars(select(OrderItem)):
        order = orders[item.order_id]
        if order in kept:
            day, scope = day_of(order.created_at), f"service/{item.service_id}"
            add(day, order, "pieces", item.quantity)
            found[day][scope, "pieces"] += item.quantity
            found[day][scope, "revenue"] += item.quantity * item.unit_minor
    for day in {(day_of(order.created_at), item.service_id, order.id) for order, item in _lines(kept)}:
        found[day[0]][f"service/{day[1]}", "placed"] += 1
    for scope, theirs in _visits(kept, day_of):
        for day in set(theirs):
            found[day][scope, "returning" if min(theirs) < day else "new"] += 1
            if not any(day < other <= day + timedelta(days=90) for other in theirs):
                found[day + timedelta(days=90)][scope, "lost"] += 1
    return found


def returned_between(first, last, timezone):
    """By scope: whoever came in these days, and before them."""
    kept = [order for order in db.session.scalars(select(Order)) if order.status != "Cancelled"]
    found = Counter()
    for scope, theirs in _visits(kept, lambda moment: moment.astimezone(ZoneInfo(timezone)).date()):
        found[scope, "returning"] += min(theirs) < first and any(first <= day <= last for day in theirs)
    return {key: count for key, count in found.items() if count}


def _lines(orders):
    by_id = {order.id: order for order in orders}
    return [(by_id[item.order_id], item) for item in db.session.scalars(select(OrderItem)) if item.order_id in by_id]


def _visits(orders, day_of):
    for scoped in (lambda order: "", lambda order: f"store/{order.store_id}"):
        theirs = defaultdict(list)
        for order in orders:
            theirs[scoped(order), order.customer_id].append(day_of(order.created_at))
        for (scope, _), days in theirs.items():
            yield scope, days


def _midnight(day, zone):
    return datetime.combine(day, time(), zone)
