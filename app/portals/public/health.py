"""Is it alive, and is it ready? Liveness touches nothing; readiness really reads and writes."""

from pathlib import Path
from typing import NotRequired, TypedDict

from flask import current_app
from flask.typing import ResponseReturnValue

from app import __version__
from app.core import probe
from app.identity.permissions import Permission
from app.portals.http.guard import who
from app.portals.http.portal import answers, permits
from app.portals.public import public


class LiveDict(TypedDict):
    status: str


class ReadyDict(TypedDict):
    status: str
    database: NotRequired[str]
    writes: NotRequired[str]
    revision: NotRequired[str]
    disk: NotRequired[str]
    engine: NotRequired[str]
    version: NotRequired[str]


@public.get("/health/live")
@permits(Permission.SITE_VISIT)
@answers(200, LiveDict, "The process answers. Nothing else was asked.")
def live() -> ResponseReturnValue:
    return {"status": "ok"}


@public.get("/health/ready")
@public.get("/health/", endpoint="health")
@public.get("/api/v1/health/", endpoint="health_v1")
@permits(Permission.SITE_VISIT)
@answers(200, ReadyDict, "The database was read and written, its tables are up to date, the disk has room. Details are for staff.")
@answers(503, ReadyDict, "Not ready; try again in a few seconds.")
def ready() -> ResponseReturnValue:
    report = probe.check(Path(current_app.config["INSTANCE"]))
    body: ReadyDict = {"status": "ok" if report.ready else "unavailable"}
    if who().may(Permission.HEALTH_DETAILS):
        body |= {"database": report.database, "writes": report.writes, "revision": report.revision, "disk": report.disk}
        body |= {"engine": report.engine, "version": __version__}
    return body, 200 if report.ready else 503, {} if report.ready else {"Retry-After": "5"}
