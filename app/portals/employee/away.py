"""What the counter has when the server is away: the page to take orders on, the stations it stood at, and a page that says so."""

import hashlib

from flask import Response, render_template, url_for

from app import __version__
from app.identity.permissions import Permission
from app.orders.order_rules import Station
from app.portals.employee import employee
from app.portals.http.portal import permits

SCRIPTS = ("camera.js", "codes.js", "live.js", *(f"counter{part}.js" for part in ("", "-away", "-order", "-outbox", "-scan", "-slip")))
FILES = ("theme.js", "pages.js", "fabclean.css", "icons.svg", "logo.svg", "favicon.svg", "counter.js")


@employee.get("/service-worker.js")
@permits(Permission.EMPLOYEE_VISIT)
def service_worker() -> Response:
    """Its bytes change with any file it keeps; that is how a browser knows that there is a new version."""
    files = [url_for("static", filename=name) for name in FILES]
    # The scripts name each other without a version; what they are is in the answer's bytes all the same.
    parts = [url_for("static", filename=name) for name in SCRIPTS]
    files += [part.partition("?")[0] for part in parts]
    files += [url_for("bootstrap.static", filename="css/bootstrap.min.css")]
    version = hashlib.sha256("\n".join((__version__, *files, *parts)).encode()).hexdigest()[:10]
    script = render_template("employee/service_worker.js", files=files, version=version)
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@employee.get("/away")
@permits(Permission.EMPLOYEE_VISIT)
def away() -> str:
    """Kept by the browser, and shown in place of a page that needs the server."""
    return render_template("employee/away.html", stations=list(Station))
