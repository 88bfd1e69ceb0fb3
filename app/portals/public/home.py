from flask import render_template

from app.catalogue import queries as catalogue
from app.identity.permissions import Permission
from app.portals.http.portal import permits
from app.portals.public import public


@public.get("/")
@permits(Permission.SITE_VISIT)
def home() -> str:
    return render_template("public/home.html", services=[service.to_dict() for service in catalogue.offered()])
