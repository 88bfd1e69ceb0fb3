"""The API describes itself, and shows the description with Swagger UI and ReDoc, both served from here."""

import secrets

from flask import Response, current_app, jsonify, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.portals.api import api
from app.portals.http import openapi
from app.portals.http.portal import permits


@api.get("/api/schema/")
@permits(Permission.SITE_VISIT)
def schema() -> ResponseReturnValue:
    document = current_app.extensions.get("fabclean_openapi")
    if document is None:
        document = current_app.extensions["fabclean_openapi"] = openapi.describe(current_app)
    return jsonify(document)


@api.get("/api/schema/swagger-ui/")
@permits(Permission.SITE_VISIT)
def swagger_ui() -> ResponseReturnValue:
    return render_template("api/swagger_ui.html")


@api.get("/api/schema/redoc/")
@permits(Permission.SITE_VISIT)
def redoc() -> ResponseReturnValue:
    """ReDoc makes its styles at run time, so this one page names a nonce for them."""
    nonce = secrets.token_urlsafe(16)
    response: Response = make_response(render_template("api/redoc.html", nonce=nonce))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self' data:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


@api.get("/swagger/")
@permits(Permission.SITE_VISIT)
def swagger() -> ResponseReturnValue:
    return redirect(url_for("api.swagger_ui"))
