from flask import render_template

from app.core import clock
from app.identity.permissions import Permission
from app.logistics import delivery_service
from app.portals.http.guard import who
from app.portals.http.portal import permits
from app.portals.worker import worker


@worker.get("/")
@permits(Permission.WORKER_VISIT)
def home() -> str:
    return render_template("worker/home.html", today=clock.now(), stops=delivery_service.round_of(None, by=who()))
