"""For whoever runs the installation: every business on it. Lists are read from the register; one business's database is opened only to
look after that one."""

from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Line, PageQuery
from app.core.words import LANGUAGES
from app.identity.permissions import Permission
from app.platform import business_service, health_service
from app.platform.business_service import Installation
from app.portals.admin import admin
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, secret, shows_again
from app.tenancy import plan_service, queries
from app.tenancy.errors import NotInPlan
from app.tenancy.schemas import BusinessCreate, BusinessUpdate, HostForm

BUSINESS = "/platform/businesses/<slug>"


class BusinessFilter(PageQuery):
    q = Line(longest=100, load_default=None)
    status = fields.String(load_default=None, validate=validate.OneOf(queries.STATES))


class BusinessAsked(Asked, BusinessFilter):
    """The same from a form."""


@admin.get("/platform/")
@permits(Permission.PLATFORM_READ)
@asks(BusinessAsked)
def businesses_page(query: dict[str, Any]) -> str:
    page = queries.find(**query)
    shown = {"query": query, "counts": queries.count_by_status(), "newest": health_service.newest_revision()}
    return render_template("admin/platform/list.html", businesses=page.rows, next_cursor=page.next_cursor, **shown)


@admin.get("/platform/plans")
@permits(Permission.PLATFORM_READ)
def plans_page() -> str:
    return render_template("admin/platform/plans.html", plans=plan_service.all_plans())


@admin.get("/platform/new")
@permits(Permission.PLATFORM_EDIT)
def new_business(form: Form = EMPTY) -> str:
    defaults = {name: current_app.config[name.upper()] for name in business_service.DEFAULTS}
    return render_template("admin/platform/new.html", form=form, defaults=defaults, below=_installation().below, languages=LANGUAGES)


# Secret, as every change of the register is here: it is never one unit of work with a kept answer.
@admin.post("/platform/new")
@permits(Permission.PLATFORM_EDIT)
@reads(BusinessCreate, form=True)
@secret
@shows_again(new_business, also=(NotInPlan,))
def provision_business(data: dict[str, Any]) -> ResponseReturnValue:
    hosts = [data["host"]] if "host" in data else []
    business, link = business_service.provision(
        data["slug"], data, email=data["email"], hosts=hosts, installation=_installation(), by=who()
    )
    return render_template("admin/platform/provisioned.html", business=business, email=data["email"], link=link), 201


@admin.get(BUSINESS)
@permits(Permission.PLATFORM_READ)
def business_page(slug: str, form: Form = EMPTY) -> str:
    shown = {"newest": health_service.newest_revision(), "languages": LANGUAGES}
    return render_template("admin/platform/show.html", business=queries.get(slug), form=form, **shown)


@admin.post(BUSINESS)
@permits(Permission.PLATFORM_EDIT)
@reads(BusinessUpdate, form=True)
@secret
@shows_again(business_page)
def change_business(slug: str, data: dict[str, Any]) -> ResponseReturnValue:
    business_service.change(slug, data, installation=_installation(), by=who())
    return _told(slug, _("Saved. Every process knows within five seconds."))


@admin.post(f"{BUSINESS}/hosts")
@permits(Permission.PLATFORM_EDIT)
@reads(HostForm, form=True)
@secret
@shows_again(business_page, also=(NotInPlan,))
def add_business_host(slug: str, data: dict[str, Any]) -> ResponseReturnValue:
    business_service.change(slug, {}, hosts=[data["host"]], installation=_installation(), by=who())
    return _told(slug, _("%(host)s leads there now, and links begin with it.") % {"host": data["host"]})


@admin.post(f"{BUSINESS}/hosts/drop")
@permits(Permission.PLATFORM_EDIT)
@reads(HostForm, form=True)
@secret
@shows_again(business_page)
def drop_business_host(slug: str, data: dict[str, Any]) -> ResponseReturnValue:
    business_service.drop_host(slug, data["host"], installation=_installation(), by=who())
    return _told(slug, _("%(host)s does not lead there any more.") % {"host": data["host"]})


@admin.post(f"{BUSINESS}/suspend")
@permits(Permission.PLATFORM_EDIT)
@secret
@shows_again(business_page)
def suspend_business(slug: str) -> ResponseReturnValue:
    business_service.suspend(slug, by=who())
    return _told(slug, _("It is suspended: within five seconds nobody is served by it."))


@admin.post(f"{BUSINESS}/resume")
@permits(Permission.PLATFORM_EDIT)
@secret
@shows_again(business_page)
def resume_business(slug: str) -> ResponseReturnValue:
    business_service.resume(slug, by=who())
    return _told(slug, _("It is open again."))


@admin.post(f"{BUSINESS}/look")
@permits(Permission.PLATFORM_EDIT)
@secret
@shows_again(business_page)
def look_at_business(slug: str) -> ResponseReturnValue:
    queries.get(slug)
    health_service.look_at(slug)
    return _told(slug, _("Looked at just now."))


def _installation() -> Installation:
    return Installation(current_app.config)


def _told(slug: str, sentence: str) -> ResponseReturnValue:
    return told(sentence, "admin.business_page", slug=slug)
