from typing import Any

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from app.catalogue import queries, service_service
from app.catalogue.models import ServiceDict
from app.catalogue.schemas import ServiceCreate, ServiceUpdate
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http.answers import with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, permits, reads, versioned


@admin.get("/api/services")
@permits(Permission.SERVICE_READ)
@answers(200, list[ServiceDict], "Every service, retired ones too.")
def list_services() -> ResponseReturnValue:
    return jsonify([service.to_dict() for service in queries.all_services()])


@admin.post("/api/services")
@permits(Permission.SERVICE_EDIT)
@reads(ServiceCreate)
@answers(201, ServiceDict, "The new service.")
def create_service(data: dict[str, Any]) -> ResponseReturnValue:
    service = service_service.create(data, by=who())
    response = with_version(service.to_dict(), service.version, 201)
    response.headers["Location"] = url_for("admin.show_service", service_id=service.id)
    return response


@admin.get("/api/services/<service_id>")
@permits(Permission.SERVICE_READ)
@answers(200, ServiceDict, "The service.")
def show_service(service_id: str) -> ResponseReturnValue:
    service = queries.get(service_id)
    return with_version(service.to_dict(), service.version)


@admin.put("/api/services/<service_id>")
@permits(Permission.SERVICE_EDIT)
@reads(ServiceUpdate)
@versioned
@answers(200, ServiceDict, "The service as it is now. Orders placed before keep the name and price they had.")
def update_service(service_id: str, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    service = service_service.update(service_id, data, expected=expected, by=who())
    return with_version(service.to_dict(), service.version)


@admin.delete("/api/services/<service_id>")
@permits(Permission.SERVICE_EDIT)
@versioned
@answers(200, ServiceDict, "No longer offered. A service that orders use is kept for them.")
def retire_service(service_id: str, expected: int | None) -> ResponseReturnValue:
    service = service_service.retire(service_id, expected=expected, by=who())
    return with_version(service.to_dict(), service.version)
