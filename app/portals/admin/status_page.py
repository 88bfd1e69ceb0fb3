"""How the installation is, for whoever runs it: what ``flask doctor`` would say, without opening every business's database."""

from flask import current_app, render_template

from app import __version__
from app.doctor import doctor_service
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http.portal import permits


@admin.get("/platform/status")
@permits(Permission.PLATFORM_READ)
def status_page() -> str:
    found = doctor_service.glance(current_app.config)
    return render_template("admin/platform/status.html", findings=[one.to_dict() for one in found], version=__version__)
