"""Which words each customer is found by. They follow what is on file, in the transaction that changes it."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core.unit_of_work import unit_of_work
from app.customers.models import Customer, CustomerWord
from app.customers.search_rules import words


def remember(customer_id: int, name: str | None, email: str | None, phone: str | None) -> None:
    """These too: what was found before is found still."""
    add({(customer_id, word) for word in words(name, email, phone)})


def remember_order(customer: Customer, name: str, email: str | None, phone: str | None) -> None:
    """What an order says of its customer that is not on file."""
    on_file = words(customer.name, customer.email, customer.phone)
    add({(customer.id, word) for word in words(name, email, phone) - on_file})


def add(pairs: Iterable[tuple[int, str]]) -> None:
    """In one order always, so that two who add the same do not wait for each other in a circle."""
    rows = [{"customer_id": customer_id, "word": word} for customer_id, word in sorted(pairs)]
    if not rows:
        return
    with unit_of_work() as session:
        dialect = sqlite if session.connection().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(CustomerWord).on_conflict_do_nothing(), rows)


def replace(customer: Customer, *, before: set[str]) -> None:
    """What is on file no longer is not found any more; what only an order says stays."""
    after = words(customer.name, customer.email, customer.phone)
    with unit_of_work() as session:
        session.execute(delete(CustomerWord).where(CustomerWord.customer_id == customer.id, CustomerWord.word.in_(before - after)))
        add({(customer.id, word) for word in after - before})


def forget(customer_id: int) -> None:
    with unit_of_work() as session:
        session.execute(delete(CustomerWord).where(CustomerWord.customer_id == customer_id))


def hand_over(customer_id: int, into_id: int) -> None:
    with unit_of_work() as session:
        theirs = session.scalars(select(CustomerWord.word).where(CustomerWord.customer_id == customer_id)).all()
        add({(into_id, word) for word in theirs})
        forget(customer_id)
