"""What makes the van's pages an application on a phone: the manifest, the service worker, and the pages that are there without signal."""

import hashlib

from flask import Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from app import __version__
from app.core.errors import Forbidden
from app.core.shapes import Shape
from app.identity.permissions import Permission
from app.logistics.schemas import QueryId
from app.orders.order_rules import Status
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.languages import language, locale
from app.portals.http.portal import permits
from app.portals.worker import worker
from app.tenancy.tenant_service import current_business

# What every page of the van needs to look right.
FILES = ("theme.js", "pages.js", "fabclean.css", "icons.svg", "logo.svg", "favicon.svg", "van.js")
# What scripts and style sheets name themselves, and so without a version.
INNER_FILES = (
    "camera.js",
    "codes.js",
    "van-queue.js",
    "van-pictures.js",
    "van-scan.js",
    "fonts/language-names.woff2",
    "fonts/noto-sans-devanagari.woff2",
)
ICONS = (("van-192.png", "192x192", "any"), ("van-512.png", "512x512", "any"), ("van-maskable.png", "512x512", "maskable"))


class SomebodyElse(Forbidden):
    code = "somebody_else"
    sentence = "This was done by another driver. It is sent when they sign in on this phone."


class WhoseQuery(Shape):
    """``worker``: whose work a phone is about to send. Refused when somebody else has signed in meanwhile."""

    worker = QueryId(load_default=None)


def ensure_same(account_id: int | None) -> None:
    if account_id not in (None, who().account_id):
        raise SomebodyElse


@worker.get("/manifest.webmanifest")
@permits(Permission.SITE_VISIT)
def manifest() -> Response:
    icons = [{"src": url_for("static", filename=name), "sizes": size, "type": "image/png", "purpose": use} for name, size, use in ICONS]
    home = url_for("worker.home")
    response = jsonify(
        id=home, start_url=home, scope=home, display="standalone", lang=language(), dir=locale().text_direction, icons=icons,
        name=f"{current_business().name} · {_('Van')}", short_name=_("Van"), background_color="#faf6f0", theme_color="#6d2a55",
    )  # fmt: skip
    response.mimetype = "application/manifest+json"
    return response


@worker.get("/service-worker.js")
@permits(Permission.SITE_VISIT)
def service_worker() -> Response:
    """Its bytes change with any file it keeps; that is how a browser knows that there is a new version."""
    files = [url_for("static", filename=name) for name in FILES]
    files += [url_for("bootstrap.static", filename="css/bootstrap.min.css"), url_for("worker.offline")]
    inner = [url_for("static", filename=name) for name in INNER_FILES]
    version = hashlib.sha256("\n".join((__version__, *files, *inner)).encode()).hexdigest()[:10]
    files += [file.partition("?")[0] for file in inner]
    script = render_template("worker/service_worker.js", files=files, version=version)
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@worker.get("/offline")
@permits(Permission.SITE_VISIT)
def offline() -> ResponseReturnValue:
    """Shown in place of a page that is not on the phone. Nothing personal may be on it: it stays after signing out."""
    return render_template("worker/offline.html")


@worker.get("/waiting")
@permits(Permission.DELIVERY_WORK)
def waiting() -> ResponseReturnValue:
    """What was done and not sent yet is on the phone and nowhere else, so the phone fills this in."""
    return render_template("worker/waiting.html", statuses=list(Status))
