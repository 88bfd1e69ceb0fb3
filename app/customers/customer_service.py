from collections.abc import Mapping
from typing import Any

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.errors import StaleVersion
from app.core.unit_of_work import after_commit, savepoint, unit_of_work
from app.customers import approval_service, events, queries, search_service
from app.customers.errors import NeedsEmail, NoLongerACustomer
from app.customers.models import Customer
from app.customers.search_rules import words
from app.identity import account_service
from app.identity.errors import EmailTaken
from app.identity.principal import Principal
from app.tenancy import plan_service
from app.tenancy.errors import PlanLimit
from app.tenancy.plan_rules import Limit


def sign_up(name: str, email: str, phone: str, password: str, *, language: str | None = None, by: Principal) -> tuple[Customer, int]:
    """A new customer with an account of their own. Returns both, the account as its id.

    An e-mail that is known from a walk-in order belongs to somebody already: only a link sent to it may give that customer an
    account, never whoever types it first.
    """
    password_hash = account_service.hash_new_password(password, personal=(name, *email.partition("@")[::2]))
    with unit_of_work():
        customer = _create(name, email, phone, language=language, by=by)
        account = account_service.create_customer_account(email, name, customer.id, password_hash, by=by)
        approval_service.ask_for_customer(customer.id, by=by)
    return customer, account.id


def find_or_create(name: str, email: str | None, phone: str, *, by: Actor) -> Customer:
    """The customer this e-mail belongs to, exactly as on file, or a new one without a password.

    Without an e-mail it is always a new one: two people may share a name and a phone.
    """
    with unit_of_work():
        if email is None:
            return _create(name, None, phone, by=by)
        if (known := queries.find_by_email(email)) is not None:
            return known
        try:
            with savepoint():
                customer = _create(name, email, phone, by=by)
        except (EmailTaken, PlanLimit):  # perhaps somebody else's order made this customer in the meantime
            if (known := queries.find_by_email(email)) is None:
                raise
            return known
        after_commit(lambda: events.walk_in_met.send(customer.id))
        return customer


def create(data: Mapping[str, Any], *, by: Actor) -> Customer:
    with unit_of_work():
        return _create(data["name"], data.get("email"), data.get("phone"), notes=data.get("notes"), by=by)


def change(customer_id: int, data: Mapping[str, Any], *, expected: int | None, by: Actor) -> Customer:
    with unit_of_work() as session, refusing({"uq_customer_email_norm": EmailTaken}):
        customer = queries.get_for_staff(customer_id)
        if not customer.is_current:
            raise NoLongerACustomer
        if expected not in (None, customer.version):
            raise StaleVersion
        before = words(customer.name, customer.email, customer.phone)
        changed = sorted(field for field, value in data.items() if getattr(customer, field) != value)
        for field in changed:
            setattr(customer, field, data[field])
        if {"email", "name"} & set(changed):
            _rename(customer)
        session.flush()
        search_service.replace(customer, before=before)
        # Which fields, not what was in them: the audit outlives a wish to be forgotten.
        audit_service.record("customer.changed", f"customer:{customer_id}", by=by, after={"changed": changed})
    return customer


def _rename(customer: Customer) -> None:
    if customer.email is None and account_service.find_of_customer(customer.id) is not None:
        raise NeedsEmail(fields={"email": [NeedsEmail.sentence]})
    customer.email_norm = queries.normalise_email(customer.email) if customer.email is not None else None
    account_service.rename_of_customer(customer.id, customer.email, customer.name)


def _create(name: str, email: str | None, phone: str | None, *, by: Actor, **more: str | None) -> Customer:
    email_norm = queries.normalise_email(email) if email is not None else None
    customer = Customer(name=name, email=email, email_norm=email_norm, phone=phone, created_at=clock.now(), **more)
    with refusing({"uq_customer_email_norm": EmailTaken}), unit_of_work() as session:
        plan_service.ensure_room(Limit.CUSTOMERS, queries.count_current)
        session.add(customer)
        session.flush()
        search_service.remember(customer.id, name, email, phone)
        audit_service.record("customer.created", f"customer:{customer.id}", by=by)
        events.customer_created.send(customer.id)
    return customer
