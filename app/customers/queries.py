import re
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.customers.errors import NoSuchCustomer, UnknownCustomer
from app.customers.models import Customer
from app.extensions import db

LARGEST_ID = 2**63 - 1  # beyond it a database cannot even be asked
Column = InstrumentedAttribute[Any]
Meant = ColumnElement[bool]
_PHONE = re.compile(r"[+0-9 ()./-]{3,32}")


def find_by_email(email: str) -> Customer | None:
    """Of a record that was merged, the one it went into."""
    found = db.session.scalar(select(Customer).where(Customer.email_norm == normalise_email(email)))
    return found if found is None or found.merged_into_id is None else get(found.merged_into_id)


def get(customer_id: int | None) -> Customer:
    return db.session.get_one(Customer, customer_id)


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
    """The newest first. ``q`` is part of a name, of an e-mail, or of a phone number however it was written."""
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
    same = [func.lower(Customer.name) == customer.name.lower()]
    if customer.phone is not None:
        same.append(Customer.phone == customer.phone)
    others = select(Customer).where(Customer.id != customer.id, Customer.anonymised_at.is_(None), Customer.merged_into_id.is_(None))
    return list(db.session.scalars(others.where(or_(*same)).order_by(Customer.id).limit(limit)))


def normalise_email(email: str) -> str:
    return email.strip().lower()


def meant_by(q: str, *, name: Column = Customer.name, email: Column = Customer.email_norm, phone: Column = Customer.phone) -> Meant:
    """Whether ``q`` is part of a name, of an e-mail, or of a phone number however it was written; other tables have such columns too."""
    meant: list[Meant] = [func.lower(email).contains(normalise_email(q), autoescape=True)]
    # SQLite folds the case of a to z only, so the ways a name is commonly typed are looked for as well.
    meant += [name.icontains(typed, autoescape=True) for typed in sorted({q, q.lower(), q.upper(), q.title()})]
    if _PHONE.fullmatch(q) and (digits := re.sub(r"\D", "", q)):
        bare: Any = phone
        for sign in "+ ()./-":
            bare = func.replace(bare, sign, "")
        meant.append(bare.contains(digits))
    return or_(*meant)
