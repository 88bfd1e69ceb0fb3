from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.customers.errors import NoSuchCustomer, UnknownCustomer
from app.customers.models import Customer, CustomerWord
from app.customers.search_rules import meant
from app.extensions import db

LARGEST_ID = 2**63 - 1  # beyond it a database cannot even be asked
Column = InstrumentedAttribute[Any] | ColumnElement[Any]
_FEW = 1000
_BEYOND = "\U0010ffff"  # after whatever else a word may go on with


def find_by_email(email: str) -> Customer | None:
    """Of a record that was merged, the one it went into."""
    found = db.session.scalar(select(Customer).where(Customer.email_norm == normalise_email(email)))
    return found if found is None or found.merged_into_id is None else get(found.merged_into_id)


def get(customer_id: int | None) -> Customer:
    return db.session.get_one(Customer, customer_id)


def find_current(customer_id: int) -> Customer | None:
    """Of a record that was merged, the one it went into; nobody who was forgotten."""
    found = db.session.get(Customer, customer_id)
    if found is not None and found.merged_into_id is not None:
        found = db.session.get(Customer, found.merged_into_id)
    return found if found is not None and found.is_current else None


def among(customer_ids: Collection[int]) -> dict[int, Customer]:
    return {customer.id: customer for customer in db.session.scalars(select(Customer).where(Customer.id.in_(customer_ids)))}


def get_for_staff(customer_id: int) -> Customer:
    """Erased and merged ones too: old orders lead to them."""
    customer = db.session.get(Customer, customer_id) if customer_id <= LARGEST_ID else None
    if customer is None:
        raise UnknownCustomer
    return customer


def get_known(customer_id: int) -> Customer:
    """The customer somebody else named; whoever has been forgotten or merged cannot be named."""
    customer = db.session.get(Customer, customer_id)
    if customer is None or not customer.is_current:
        raise NoSuchCustomer
    return customer


def find(*, q: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[Customer]:
    """The newest first. ``q``: beginnings of words of a name or an e-mail, or digits of a phone number however it was written."""
    query = select(Customer).where(Customer.anonymised_at.is_(None), Customer.merged_into_id.is_(None))
    if q is not None:
        query = query.where(meant_by(q))
    if cursor is not None:
        query = query.where(Customer.id < read_cursor(cursor, (int,))[0])
    found = db.session.scalars(query.order_by(Customer.id.desc()).limit(limit + 1)).all()
    return Page.of(found, limit, lambda customer: [customer.id])


def count_current() -> int:
    """Without whoever was erased, or merged into another."""
    current = (Customer.anonymised_at.is_(None), Customer.merged_into_id.is_(None))
    return db.session.scalars(select(func.count()).select_from(Customer).where(*current)).one()


def alike(customer: Customer, *, limit: int) -> list[Customer]:
    """Who may be the same person as this one: the same name or the same phone."""
    same = [and_(meant_by(customer.name), func.lower(Customer.name) == customer.name.lower())]
    if customer.phone is not None:
        same.append(Customer.phone == customer.phone)
    others = select(Customer).where(Customer.id != customer.id, Customer.anonymised_at.is_(None), Customer.merged_into_id.is_(None))
    return list(db.session.scalars(others.where(or_(*same)).order_by(Customer.id).limit(limit)))


def normalise_email(email: str) -> str:
    return email.strip().lower()


def meant_by(q: str, customer_id: Column = Customer.id) -> ColumnElement[bool]:
    """Whether the one with this id has it all: each word that was typed begins one of theirs.

    A few are named, so that the database finds what is theirs; of many some are always among the newest, where it looks first.
    """
    rarest, *others = sorted(meant(q), key=lambda parts: -min(map(len, parts))) or [()]
    own = [_has(parts, CustomerWord.customer_id) for parts in others]
    some = db.session.scalars(select(CustomerWord.customer_id).where(_begins(rarest), *own).limit(_FEW + 1)).all()
    return customer_id.in_(set(some)) if len(some) <= _FEW else and_(*(_has(parts, customer_id) for parts in (rarest, *others)))


def _has(parts: tuple[str, ...], customer_id: Column) -> ColumnElement[bool]:
    word = aliased(CustomerWord)
    return exists().where(word.customer_id == customer_id, _begins(parts, word.word))


def _begins(parts: tuple[str, ...], word: Column = CustomerWord.word) -> ColumnElement[bool]:
    """Not LIKE: SQLite would ignore case, and read every word."""
    return or_(false(), *(and_(word >= part, word < part + _BEYOND) for part in parts))
