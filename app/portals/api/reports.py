from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app import __version__
from app.identity.permissions import Permission
from app.portals.api import api
from app.portals.http.guard import who
from app.portals.http.portal import answers, limited, permits, reads
from app.portals.http.signing_in import MessageDict
from app.support import report_service
from app.support.schemas import ReportSent


@api.post("/api/reports")
@permits(Permission.REPORT_SEND)
@limited("10 per hour")
@reads(ReportSent)
@answers(201, MessageDict, "Somebody looks at it.")
def send_report(data: dict[str, Any]) -> ResponseReturnValue:
    report_service.send(data, browser=request.user_agent.string, app_version=__version__, by=who())
    return {"message": "Reported"}, 201
