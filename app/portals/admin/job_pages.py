from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.identity.permissions import Permission
from app.jobs import job_service, queries
from app.jobs.errors import RunNotFound
from app.jobs.models import RunState
from app.portals.admin import admin
from app.portals.admin.telling import told
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import permits, secret
from app.tenancy.tenant_service import MAIN, current_business

JOB, RUN = "/jobs/<name>", "/jobs/runs/<int(max=9007199254740991):run_id>"
NEWEST = 40
# All these doors are secret: what they write lies in the register, and a kept answer may lie in another database.


@admin.get("/jobs/")
@permits(Permission.JOB_READ)
def jobs_page() -> str:
    return render_template("admin/jobs/list.html", **_live())


@admin.get("/jobs/live")
@permits(Permission.JOB_READ)
def jobs_live() -> ResponseReturnValue:
    response = make_response(render_template("admin/jobs/_live.html", **_live()))
    response.add_etag()
    return response.make_conditional(request)


@admin.post(JOB + "/run")
@permits(Permission.JOB_STEER)
@secret
def run_job(name: str) -> ResponseReturnValue:
    job_service.ask(name, _tenant(name), now=clock.now())
    job_service.note("job.asked", name, by=who())
    return told(_("It begins within seconds."), "admin.jobs_page")


@admin.post(JOB + "/pause")
@permits(Permission.JOB_STEER)
@secret
def pause_job(name: str) -> ResponseReturnValue:
    job_service.pause(name, _tenant(name))
    job_service.note("job.paused", name, by=who())
    return told(_("It is paused: what runs ends, and nothing new begins."), "admin.jobs_page")


@admin.post(JOB + "/resume")
@permits(Permission.JOB_STEER)
@secret
def resume_job(name: str) -> ResponseReturnValue:
    job_service.resume(name, _tenant(name))
    job_service.note("job.resumed", name, by=who())
    return told(_("It goes on. What was missed is made up for once."), "admin.jobs_page")


@admin.post(RUN + "/retry")
@permits(Permission.JOB_STEER)
@secret
def retry_run(run_id: int) -> ResponseReturnValue:
    if queries.get(run_id).tenant not in _tenants():
        raise RunNotFound
    name = job_service.retry(run_id).name
    job_service.note("job.retried", name, by=who())
    return told(_("It is tried again within seconds."), "admin.jobs_page")


def _tenants() -> list[str]:
    """This business's own; and whoever runs the first business runs the installation."""
    slug = current_business().slug
    return [slug, ""] if slug == MAIN else [slug]


def _tenant(name: str) -> str:
    tenant = current_business().slug if job_service.find(name).per_business else ""
    if tenant not in _tenants():
        raise RunNotFound
    return tenant


def _live() -> dict[str, Any]:
    tenants, now, zone = _tenants(), clock.now(), current_business().timezone
    last, pauses = queries.newest_of_each(tenants), queries.pauses()
    jobs = [(job, current_business().slug if job.per_business else "") for job in job_service.all_jobs()]
    return {
        "jobs": [
            {
                "name": job.name,
                "title": job.title,
                "last": last[job.name, tenant].to_dict() if (job.name, tenant) in last else None,
                "next": clock.wire(job.schedule.next(now, zone).at) if job.schedule else None,
                "paused": bool(pauses & {(job.name, tenant), (job.name, "")}),
            }
            for job, tenant in jobs
            if tenant in tenants
        ],
        "titles": {job.name: job.title for job in job_service.all_jobs()},
        "aside": [run.to_dict() for run in queries.newest(tenants=tenants, state=RunState.ASIDE, limit=NEWEST)],
        "runs": [run.to_dict() for run in queries.newest(tenants=tenants, limit=NEWEST)],
    }
