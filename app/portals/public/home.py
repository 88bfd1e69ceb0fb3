from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.catalogue import queries as catalogue
from app.identity.permissions import Permission
from app.portals.http.portal import permits
from app.portals.public import public


@public.get("/")
@permits(Permission.SITE_VISIT)
def home() -> str:
    return render_template("public/home.html", services=[service.to_dict() for service in catalogue.offered()])


@public.get("/favicon.ico")
@permits(Permission.SITE_VISIT)
def favicon() -> ResponseReturnValue:
    """Browsers ask for it here when they show what is not a page of ours: JSON, a label."""
    return redirect(url_for("static", filename="favicon.svg"))
