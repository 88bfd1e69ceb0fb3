from flask import render_template

from app.core import clock
from app.identity.permissions import Permission
from app.portals.http.portal import permits
from app.portals.worker import worker


@worker.get("/")
@permits(Permission.WORKER_VISIT)
def home() -> str:
    """Stops are not planned yet, so there are none; the page says so."""
    return render_template("worker/home.html", today=clock.now())
