from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.unit_of_work import unit_of_work
from app.customers import queries
from app.customers.models import Customer
from app.identity import account_service
from app.identity.errors import EmailTaken


def sign_up(name: str, email: str, phone: str, password: str, *, by: Actor) -> tuple[Customer, int]:
    """A new customer with an account of their own. Returns both, the account as its id.

    An e-mail that is known from a walk-in order belongs to somebody already: only a link sent to it may give that customer an
    account, never whoever types it first.
    """
    password_hash = account_service.hash_new_password(password, personal=(name, *email.partition("@")[::2]))
    with unit_of_work():
        customer = _create(name, email, phone, by=by)
        account = account_service.create_customer_account(email, name, customer.id, password_hash, by=by)
    return customer, account.id


def find_or_create(name: str, email: str | None, phone: str, *, by: Actor) -> Customer:
    """The customer this e-mail belongs to, exactly as on file, or a new one without a password.

    Without an e-mail it is always a new one: two people may share a name and a phone.
    """
    with unit_of_work() as session:
        if email is None:
            return _create(name, None, phone, by=by)
        if (known := queries.find_by_email(email)) is not None:
            return known
        try:
            with session.begin_nested():
                return _create(name, email, phone, by=by)
        except EmailTaken:  # somebody else's order made this customer in the meantime
            return queries.get_by_email(email)


def _create(name: str, email: str | None, phone: str, *, by: Actor) -> Customer:
    email_norm = queries.normalise_email(email) if email is not None else None
    customer = Customer(name=name, email=email, email_norm=email_norm, phone=phone, created_at=clock.now())
    with refusing({"uq_customer_email_norm": EmailTaken}), unit_of_work() as session:
        session.add(customer)
        session.flush()
        audit_service.record("customer.created", f"customer:{customer.id}", by=by)
    return customer
