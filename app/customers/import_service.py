"""Customers from a table. Whoever is on file already stays exactly as they are: the table may be older than what is known here.

The same person: the same e-mail; or, where one of the two has none, the same name and phone. A household may share a phone, and two
e-mails are enough to tell two people apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, insert, select

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.tables.report import Report
from app.core.unit_of_work import unit_of_work
from app.core.words import say
from app.customers import search_service
from app.customers.models import Customer
from app.customers.queries import count_current, normalise_email
from app.customers.search_rules import words
from app.extensions import db
from app.identity.errors import EmailTaken
from app.tenancy import plan_service
from app.tenancy.plan_rules import Feature, Limit

Rows = Sequence[tuple[int, Mapping[str, Any]]]
_AT_ONCE = 1000
_ON_FILE = 0  # where no row of the table was the first


class _People:
    """Whom we know so far, and from which row."""

    def __init__(self) -> None:
        self._by_email: dict[str, int] = {}
        self._by_name: dict[tuple[str, str | None, bool], int] = {}

    def add(self, row: int, name: str, email_norm: str | None, phone: str | None) -> None:
        if email_norm is not None:
            self._by_email.setdefault(email_norm, row)
        if phone is not None or email_norm is None:
            self._by_name.setdefault((name.casefold(), phone, email_norm is not None), row)

    def find(self, name: str, email_norm: str | None, phone: str | None) -> str | None:
        """Why this is nobody new."""
        if (row := self._by_email.get(email_norm or "")) is not None:
            return say("This e-mail is on file already.") if row == _ON_FILE else say("The same e-mail as in row %(row)s.", row=row)
        if email_norm is not None and phone is None:
            return None
        row = self._by_name.get((name.casefold(), phone, False))
        if row is None and email_norm is None:
            row = self._by_name.get((name.casefold(), phone, True))
        if row is None:
            return None
        known = say("This name and phone are on file already.")
        return known if row == _ON_FILE else say("The same name and phone as in row %(row)s.", row=row)


def bring_in(rows: Rows, report: Report, *, dry_run: bool, by: Actor) -> None:
    """``rows``: each with its number in the table, and what ``CustomerCreate`` made of it. All of them, or none."""
    plan_service.ensure_feature(Feature.IMPORTS)
    if dry_run:
        _ensure_room(_new_among(rows, report))
        return
    with unit_of_work() as session, refusing({"uq_customer_email_norm": EmailTaken}):
        new = _new_among(rows, report)
        report.ensure_complete()
        _ensure_room(new)
        written = (Customer.id, Customer.name, Customer.email, Customer.phone)
        made = session.execute(insert(Customer).returning(*written), new).tuples().all() if new else []
        search_service.add((number, word) for number, *said in made for word in words(*said))
        audit_service.record_many("customer.created", {f"customer:{number}": (None, None) for number, *_ in made}, by=by)
        audit_service.record("customers.imported", "table:customers", by=by, after=dict(report.counts))


def _ensure_room(new: list[dict[str, Any]]) -> None:
    if new:
        plan_service.ensure_room(Limit.CUSTOMERS, count_current, adding=len(new))


def _new_among(rows: Rows, report: Report) -> list[dict[str, Any]]:
    people, new, now = _on_file(rows), [], clock.now()
    for row, data in rows:
        name, email, phone = data["name"], data.get("email"), data.get("phone")
        email_norm = normalise_email(email) if email is not None else None
        if (reason := people.find(name, email_norm, phone)) is not None:
            report.add(row, "skipped", name, reason)
            continue
        people.add(row, name, email_norm, phone)
        report.add(row, "created", name)
        written = {"name": name, "email": email, "email_norm": email_norm, "phone": phone, "notes": data.get("notes") or None}
        new.append(written | {"created_at": now})
    return new


def _on_file(rows: Rows) -> _People:
    """Only those who may be somebody in the table, by what there is an index for."""
    people, data = _People(), [data for _, data in rows]
    emails = {normalise_email(one["email"]) for one in data if one.get("email")}
    phones = {one["phone"] for one in data if one.get("phone")}
    names = {one["name"] for one in data if not one.get("email") and not one.get("phone")}
    for found in (
        *(Customer.email_norm.in_(some) for some in _portions(emails)),
        *(Customer.phone.in_(some) for some in _portions(phones)),
        *(Customer.phone.is_(None) & Customer.email_norm.is_(None) & Customer.name.in_(some) for some in _portions(names)),
    ):
        _add_found(people, found)
    return people


def _add_found(people: _People, found: ColumnElement[bool]) -> None:
    columns = (Customer.name, Customer.email_norm, Customer.phone)
    for customer in db.session.execute(select(*columns).where(found, Customer.anonymised_at.is_(None))):
        people.add(_ON_FILE, *customer)


def _portions(values: Iterable[str]) -> Iterator[list[str]]:
    some = sorted(values)
    return (some[start : start + _AT_ONCE] for start in range(0, len(some), _AT_ONCE))
