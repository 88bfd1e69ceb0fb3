from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields

from app.audit import queries as audit
from app.core.errors import Unavailable
from app.core.shapes import Email, Phone, Text
from app.customers import access_service, customer_service, queries
from app.customers.schemas import CustomerCreate, CustomerFilter
from app.identity import account_service
from app.identity.permissions import Permission
from app.messages.queries import setting
from app.messages.queries import told as told_lately
from app.orders import queries as orders
from app.portals.admin import admin
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again
from app.portals.http.post import post

CUSTOMER = "/customers/<int(max=9007199254740991):customer_id>"
SHOWN = 10


class CustomerPageFilter(Asked, CustomerFilter):
    pass


class CustomerForm(CustomerCreate):
    """A form shows everything there is, so a field left empty means that there is none."""

    email = Email(allow_none=True, load_default=None)
    phone = Phone(allow_none=True, load_default=None)
    notes = Text(longest=2000, allow_none=True, load_default=None)
    version = fields.Integer()


@admin.get("/customers/")
@permits(Permission.CUSTOMER_READ)
@asks(CustomerPageFilter)
def customers_page(query: dict[str, Any]) -> str:
    page = queries.find(**query)
    ticket = orders.find_by_number(query["q"]) if query["q"] else None
    shown = [customer.to_file_dict() for customer in page.rows]
    return render_template("admin/customers/list.html", customers=shown, next_cursor=page.next_cursor, query=query, ticket=ticket)


@admin.get("/customers/add")
@permits(Permission.CUSTOMER_EDIT)
def new_customer(form: Form = EMPTY) -> str:
    return render_template("admin/customers/new.html", form=form)


@admin.post("/customers/add")
@permits(Permission.CUSTOMER_EDIT)
@reads(CustomerForm, form=True)
@shows_again(new_customer)
def add_customer(data: dict[str, Any]) -> ResponseReturnValue:
    customer = customer_service.create(data, by=who())
    return told(_("%(name)s is on file.") % {"name": customer.name}, "admin.customer_page", customer_id=customer.id)


@admin.get(CUSTOMER)
@permits(Permission.CUSTOMER_READ)
def customer_page(customer_id: int, form: Form = EMPTY) -> str:
    customer = queries.get_for_staff(customer_id)
    account = account_service.find_of_customer(customer_id)
    subjects = (f"customer:{customer_id}", *([f"account:{account.id}"] if account else []))
    theirs = orders.newest(customer_id=customer_id, limit=SHOWN).rows
    past = audit.newest(subjects=subjects, limit=SHOWN).rows if who().may(Permission.AUDIT_READ) else None
    into = queries.get_for_staff(customer.merged_into_id).to_file_dict() if customer.merged_into_id else None
    messages = {"messages": told_lately(customer_id, limit=SHOWN), "channels": setting().channels}
    known = {"customer": customer.to_file_dict(), "version": customer.version, "has_account": account is not None, "into": into}
    return render_template("admin/customers/show.html", **known, **messages, orders=theirs, shown=SHOWN, past=past, form=form)


@admin.get(f"{CUSTOMER}/edit")
@permits(Permission.CUSTOMER_EDIT)
def edit_customer(customer_id: int, form: Form = EMPTY) -> str:
    customer = queries.get_for_staff(customer_id)
    return render_template("admin/customers/edit.html", customer=customer.to_file_dict(), version=customer.version, form=form)


@admin.post(f"{CUSTOMER}/edit")
@permits(Permission.CUSTOMER_EDIT)
@reads(CustomerForm, form=True)
@shows_again(edit_customer)
def save_customer(customer_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    expected = data.pop("version", None)
    customer = customer_service.change(customer_id, data, expected=expected, by=who())
    return told(_("%(name)s is saved.") % {"name": customer.name}, "admin.customer_page", customer_id=customer_id)


@admin.post(f"{CUSTOMER}/claim-link")
@permits(Permission.CUSTOMER_EDIT)
@shows_again(customer_page, also=(Unavailable,))
def send_claim_link(customer_id: int) -> ResponseReturnValue:
    """Mailed to the address on file and shown to nobody: whoever holds it becomes the customer."""
    email = queries.get_for_staff(customer_id).email
    access_service.offer_claim(customer_id, post=post(), by=who())
    return told(_("A link is on its way to %(email)s.") % {"email": email}, "admin.customer_page", customer_id=customer_id)
