from flask import jsonify
from flask.typing import ResponseReturnValue

from app.catalogue import queries
from app.catalogue.models import ServiceDict
from app.identity.permissions import Permission
from app.portals.api import api
from app.portals.http.portal import answers, permits


@api.get("/api/services")
@permits(Permission.SERVICE_LIST)
@answers(200, list[ServiceDict], "What is offered at the moment.")
def list_services() -> ResponseReturnValue:
    return jsonify([service.to_dict() for service in queries.offered()])
