"""What cannot be undone: forgetting a customer, and making one record of two. Each asks once, by name."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Line, Shape
from app.customers import erasing_service, queries
from app.identity.permissions import Permission
from app.orders import queries as orders
from app.portals.admin import admin
from app.portals.admin.customer_pages import CUSTOMER, customer_page
from app.portals.admin.service_pages import VersionForm
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again

LIKELY = 10  # how many records are offered to be merged into


class MergeQuery(Asked):
    q = Line(longest=100, load_default=None)


class MergeForm(Shape):
    intoId = fields.Integer(required=True, validate=validate.Range(1, 2**53))


@admin.get(f"{CUSTOMER}/erase")
@permits(Permission.CUSTOMER_ERASE)
def erasing_page(customer_id: int, form: Form = EMPTY) -> str:
    customer = queries.get_for_staff(customer_id)
    count = len(orders.ids_of_customer(customer_id))
    return render_template("admin/customers/erase.html", customer=customer.to_file_dict(), version=customer.version, count=count, form=form)


@admin.post(f"{CUSTOMER}/erase")
@permits(Permission.CUSTOMER_ERASE)
@reads(VersionForm, form=True)
@shows_again(erasing_page)
def erase_customer_page(customer_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    erasing_service.erase(customer_id, expected=data["version"], by=who())
    return told(_("The customer is forgotten. Their orders stay, without a name."), "admin.customers_page")


@admin.get(f"{CUSTOMER}/merge")
@permits(Permission.CUSTOMER_ERASE)
@asks(MergeQuery)
def merging_page(customer_id: int, query: dict[str, Any], form: Form = EMPTY) -> str:
    """Which record is the same person? Without a search those who share the phone or the name are offered."""
    customer = queries.get_for_staff(customer_id)
    found = queries.find(q=query["q"], limit=LIKELY).rows if query["q"] else queries.alike(customer, limit=LIKELY)
    others = [other.to_file_dict() for other in found if other.id != customer_id]
    return render_template("admin/customers/merge.html", customer=customer.to_file_dict(), others=others, query=query, form=form)


@admin.get(f"{CUSTOMER}/merge/<int(max=9007199254740991):into_id>")
@permits(Permission.CUSTOMER_ERASE)
def comparing_page(customer_id: int, into_id: int, form: Form = EMPTY) -> str:
    """Both side by side, before it is too late."""
    both = [queries.get_for_staff(number) for number in (customer_id, into_id)]
    shown = [{**one.to_file_dict(), "orders": len(orders.ids_of_customer(one.id))} for one in both]
    return render_template("admin/customers/compare.html", gone=shown[0], kept=shown[1], form=form)


@admin.post(f"{CUSTOMER}/merge")
@permits(Permission.CUSTOMER_ERASE)
@reads(MergeForm, form=True)
@shows_again(customer_page)
def merge_customer_page(customer_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    customer = erasing_service.merge(customer_id, data["intoId"], by=who())
    return told(_("%(name)s has everything of both now.") % {"name": customer.name}, "admin.customer_page", customer_id=customer.id)
