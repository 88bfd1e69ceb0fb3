"""A violated constraint gets its name back on both engines, because a sentence for people hangs on the name."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from app.catalogue.models import Service
from app.core import clock
from app.core.constraints import name_of, refusing
from app.core.errors import Conflict
from app.core.unit_of_work import unit_of_work
from app.customers.models import Customer
from app.extensions import db
from app.identity.models import Account
from app.orders.models import TicketCounter
from app.tenancy.models import TenantHost
from tests.support import people
from tests.support.shop import inside


class Taken(Conflict):
    code = "taken"


def customer(**values):
    return insert(Customer).values({"name": "Dora", "created_at": clock.now(), "version": 1, **values})


def staff(**values):
    ordinary = {"realm": "staff", "login": "dora", "name": "Dora", "role": "employee", "auth_version": 1, "created_at": clock.now()}
    return insert(Account).values({**ordinary, **values})


def service(**values):
    ordinary = {"name": "Again", "price_minor": 1, "currency": "INR", "duration_hours": 1, "active": True, "version": 1}
    return insert(Service).values({**ordinary, "created_at": clock.now(), "updated_at": clock.now(), **values})


VIOLATIONS = {
    "uq_customer_email_norm": lambda: customer(email_norm=people.ALICE.login),
    "uq_account_realm_login": lambda: staff(login=people.ADMIN.login),
    "ck_account_role": lambda: staff(role="owner"),
    "ck_account_realm_role": lambda: staff(role="customer"),
    "ck_service_price": lambda: update(Service).values(price_minor=-1),
    "pk_service": lambda: service(id="s1"),
    "pk_control_tenant_host": lambda: insert(TenantHost).values([{"host": "shop.example", "tenant_slug": "main"}] * 2),
}


@pytest.mark.parametrize(("name", "statement"), VIOLATIONS.items(), ids=VIOLATIONS)
def test_names_the_constraint(app, name, statement):
    with inside(app), pytest.raises(IntegrityError) as failure, unit_of_work() as session:
        session.execute(statement())
    assert name_of(failure.value) == name


def test_a_missing_parent_is_refused_on_both_engines(app):
    """SQLite forgets foreign keys unless every connection is told to mind them."""
    with inside(app), pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(insert(TicketCounter).values(store_id=4711, last_number=0))


def test_a_violation_becomes_its_sentence_and_leaves_nothing(app):
    with inside(app):
        with pytest.raises(Taken):
            write_two_of_which_the_second_is_refused()
        assert "Written before" not in db.session.scalars(db.select(Customer.name)).all()


def write_two_of_which_the_second_is_refused():
    with unit_of_work() as session, refusing({"uq_customer_email_norm": Taken}):
        session.execute(customer(name="Written before"))
        session.execute(customer(email_norm=people.ALICE.login))


def test_a_violation_without_a_sentence_stays_what_it_is(app):
    with inside(app), pytest.raises(IntegrityError), refusing({"uq_something_else": Taken}):
        db.session.execute(customer(email_norm=people.ALICE.login))
