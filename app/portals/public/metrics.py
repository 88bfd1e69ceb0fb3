"""For Prometheus, and nobody else: it has a token of its own, which opens nothing but this."""

import hmac
from pathlib import Path

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from app.core.errors import NotSignedIn
from app.identity.permissions import Permission
from app.portals.http import metrics as figures
from app.portals.http.portal import permits
from app.portals.public import public


@public.get("/metrics")
@permits(Permission.SITE_VISIT)
def metrics() -> ResponseReturnValue:
    """``Authorization: Bearer`` and METRICS_TOKEN. Without one set it opens to nobody."""
    token = current_app.config["METRICS_TOKEN"]
    said = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
        raise NotSignedIn
    return Response(figures.page(Path(current_app.config["INSTANCE"])), mimetype="text/plain; version=1.0.0")
