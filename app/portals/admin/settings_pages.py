from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.shapes import Line, Shape, Text
from app.identity.permissions import Permission
from app.places import queries, store_service
from app.places.schemas import StoreTyped
from app.portals.admin import admin
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import permits, reads, secret, shows_again
from app.tenancy import tenant_service
from app.tenancy.tenant_service import current_business

STORE = "/settings/stores/<int(max=9007199254740991):store_id>"


class BusinessForm(Shape):
    name = Line(longest=100, required=True)
    receiptText = Text(longest=300, load_default="")


@admin.get("/settings/")
@permits(Permission.STORE_READ)
def settings_page(form: Form = EMPTY) -> str:
    stores = [store.to_dict() for store in queries.all_stores()]
    return render_template("admin/settings/show.html", stores=stores, form=form)


# Secret, so that it is never one unit of work with a kept answer, which lies in another database than the register.
@admin.post("/settings/")
@permits(Permission.STORE_EDIT)
@reads(BusinessForm, form=True)
@secret
@shows_again(settings_page)
def rename_business(data: dict[str, str]) -> ResponseReturnValue:
    tenant_service.present(current_business().slug, data["name"], data["receiptText"], by=who())
    return told(_("Saved: the business is called %(name)s.") % data, "admin.settings_page")


@admin.get(STORE)
@permits(Permission.STORE_EDIT)
def edit_store(store_id: int, form: Form = EMPTY) -> str:
    store = queries.get(store_id)
    return render_template("admin/settings/store.html", store=store.to_dict(), version=store.version, form=form)


@admin.post(STORE)
@permits(Permission.STORE_EDIT)
@reads(StoreTyped, form=True)
@shows_again(edit_store)
def save_store(store_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    store = store_service.update(store_id, data, expected=data.pop("version", None), by=who())
    return told(_("%(name)s is saved. Promises made before stay as they were.") % {"name": store.name}, "admin.settings_page")
