"""The right to be forgotten, and two records that turn out to be one person."""

from contextlib import suppress

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.audit import audit_service
from app.core import clock, idempotency
from app.core.actor import Actor
from app.core.errors import StaleVersion
from app.core.unit_of_work import savepoint, unit_of_work
from app.customers import approval_service, events, queries, search_service
from app.customers.errors import NoLongerACustomer, SameCustomer, UnknownCustomer
from app.customers.models import Customer
from app.extensions import db
from app.identity import account_service

ERASED_NAME = "Erased customer"


def erase(customer_id: int, *, expected: int | None = None, by: Actor) -> None:
    """Nothing that names the person stays, here or on any floor that listens. The row stays only if something points at it."""
    with unit_of_work():
        customer = _lock([customer_id])[customer_id]
        if customer.anonymised_at is not None:
            raise UnknownCustomer
        if expected not in (None, customer.version):
            raise StaleVersion
        merged = db.session.scalars(select(Customer).where(Customer.merged_into_id == customer_id)).all()
        for record in (*merged, customer):
            _forget(record)
        audit_service.record("customer.erased", f"customer:{customer_id}", by=by)


def merge(customer_id: int, into_id: int, *, by: Actor) -> Customer:
    """Everything of the one belongs to the other from here on. The empty record stays and says where it went."""
    if customer_id == into_id:
        raise SameCustomer
    with unit_of_work() as session:
        locked = _lock([customer_id, into_id])
        gone, kept = locked[customer_id], locked[into_id]
        if not (gone.is_current and kept.is_current):
            raise NoLongerACustomer
        events.customer_merged.send(customer_id, into=into_id)
        account_service.move_to_customer(customer_id, into_id)
        approval_service.move(customer_id, into_id)
        _take_over(gone, kept)
        search_service.hand_over(customer_id, into_id)
        session.execute(update(Customer).where(Customer.merged_into_id == customer_id).values(merged_into_id=into_id))
        audit_service.record("customer.merged", f"customer:{customer_id}", by=by, after={"into": into_id})
    return kept


def _lock(ids: list[int]) -> dict[int, Customer]:
    """In the order of their ids, so that two merges of the same pair cannot wait for each other."""
    possible = [number for number in ids if number <= queries.LARGEST_ID]
    rows = db.session.scalars(select(Customer).where(Customer.id.in_(possible)).order_by(Customer.id).with_for_update())
    found = {customer.id: customer for customer in rows}
    if len(found) < len(ids):
        raise UnknownCustomer
    return found


def _take_over(gone: Customer, kept: Customer) -> None:
    """An e-mail that the kept record does not need stays on the old one: orders sent with it still find the person."""
    email = (gone.email, gone.email_norm) if kept.email is None else None
    gone.merged_into_id = kept.id
    if email is not None:
        gone.email = gone.email_norm = None
        db.session.flush()
        kept.email, kept.email_norm = email
    kept.phone = kept.phone or gone.phone
    kept.notes = "\n".join(filter(None, (kept.notes, gone.notes))) or None
    db.session.flush()


def _forget(customer: Customer) -> None:
    customer_id, mine = customer.id, Customer.id == customer.id
    account = account_service.find_of_customer(customer_id)
    shown = [f'"id":{customer_id},"name":', *filter(None, (customer.email,))]  # how kept answers name them
    idempotency.forget_replies(shown, caller=f"account:{account.id}" if account is not None else None)
    account_service.delete_of_customer(customer_id)
    events.customer_erased.send(customer_id)
    empty = dict.fromkeys(("email", "email_norm", "phone", "notes", "language", "channels"))
    blank = {"name": ERASED_NAME, **empty, "anonymised_at": clock.now()}
    search_service.forget(customer_id)
    approval_service.forget(customer_id)
    with unit_of_work() as session:
        session.execute(update(Customer).where(mine).values(**blank, version=Customer.version + 1))
        with suppress(IntegrityError), savepoint():  # an order points at it: then the empty row stays
            session.execute(delete(Customer).where(mine))
