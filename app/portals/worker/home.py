from flask import render_template

from app.identity.permissions import Permission
from app.portals.http.portal import permits
from app.portals.worker import worker


@worker.get("/")
@permits(Permission.WORKER_VISIT)
def home() -> str:
    return render_template("worker/home.html")
