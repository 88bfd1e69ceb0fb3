"""A problem, reported from any page of any portal by whoever met it: the link says which page that was."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import __version__
from app.identity.permissions import Permission
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.portal import asks, limited, permits, reads, shows_again
from app.portals.public import public
from app.support import report_service
from app.support.schemas import Met, ReportSent


class MetHere(Asked, Met):
    pass


@public.get("/report")
@permits(Permission.SITE_VISIT)
@asks(MetHere)
def report_page(query: dict[str, Any] | None = None, form: Form = EMPTY) -> str:
    return render_template("public/report.html", met=query or {}, form=form)


@public.post("/report")
@permits(Permission.REPORT_SEND)
@limited("10 per hour")
@reads(ReportSent, form=True)
@shows_again(report_page)
def send_report_page(data: dict[str, Any]) -> ResponseReturnValue:
    report_service.send(data, browser=request.user_agent.string, app_version=__version__, by=who())
    return render_template("public/reported.html", page=data.get("page")), 201
