from sqlalchemy import select

from app.customers.errors import NoSuchCustomer
from app.customers.models import Customer
from app.extensions import db


def find_by_email(email: str) -> Customer | None:
    return db.session.scalar(select(Customer).where(Customer.email_norm == normalise_email(email)))


def get_by_email(email: str) -> Customer:
    return db.session.scalars(select(Customer).where(Customer.email_norm == normalise_email(email))).one()


def get(customer_id: int | None) -> Customer:
    return db.session.get_one(Customer, customer_id)


def get_known(customer_id: int) -> Customer:
    """The customer somebody else named; whoever has been forgotten cannot be named."""
    customer = db.session.get(Customer, customer_id)
    if customer is None or customer.anonymised_at is not None:
        raise NoSuchCustomer
    return customer


def normalise_email(email: str) -> str:
    return email.strip().lower()
