from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.platform import business_service
from app.portals.admin import admin
from app.portals.admin.platform_pages import BusinessFilter
from app.portals.http.answers import listed
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, secret
from app.tenancy import queries
from app.tenancy.queries import BusinessDict

BUSINESS = "/api/platform/businesses/<slug>"


@admin.get("/api/platform/businesses")
@permits(Permission.PLATFORM_READ)
@asks(BusinessFilter)
@answers(200, list[BusinessDict], "Every business on the installation, with what was last recorded of it. Only for whoever runs it.")
def list_businesses(query: dict[str, Any]) -> ResponseReturnValue:
    return listed(queries.find(**query))


@admin.get(BUSINESS)
@permits(Permission.PLATFORM_READ)
@answers(200, BusinessDict, "The business.")
def show_business(slug: str) -> ResponseReturnValue:
    return jsonify(queries.get(slug))


@admin.post(f"{BUSINESS}/suspend")
@permits(Permission.PLATFORM_EDIT)
@answers(200, BusinessDict, "Suspended: within five seconds nobody is served by it.")
@secret
def suspend_tenant(slug: str) -> ResponseReturnValue:
    business_service.suspend(slug, by=who())
    return jsonify(queries.get(slug))


@admin.post(f"{BUSINESS}/resume")
@permits(Permission.PLATFORM_EDIT)
@answers(200, BusinessDict, "Open again.")
@secret
def resume_tenant(slug: str) -> ResponseReturnValue:
    business_service.resume(slug, by=who())
    return jsonify(queries.get(slug))
