"""What happens around every request: its id, its business, the security headers, and one line in the log."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from flask import Flask, Response, abort, current_app, g, request

from app.core import statements
from app.core.statements import Tally
from app.portals.http import assets, guard, metrics
from app.tenancy import tenant_service
from app.tenancy.errors import TenantClosed, UnknownTenant, WrongTenant
from app.tenancy.tenant_service import MAIN, Business

log = logging.getLogger("fabclean.request")

CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
}
_SECURITY = [(name.lower(), (name, text)) for name, text in {**HEADERS, "Content-Security-Policy": CSP}.items()]
HSTS = "max-age=31536000; includeSubDomains"
# Endpoints that touch no business's data: they work with the database away.
WITHOUT_BUSINESS = ("public.live", "public.metrics")
# The whole installation is asked for, by a machine: the first business may be closed while the others work.
FOR_ALL_BUSINESSES = ("public.ready", "public.health", "public.health_v1")
LONGEST_ADDRESS = 4000  # below the server's own limit, whose refusal is no JSON
_GOOD_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")


class WithHeaders:
    """Around the application, so that not even an answer of the server's own kind goes out without them. Adding them to each response
    one by one took a tenth of a short request's time."""

    def __init__(self, application: Callable[..., Iterable[bytes]]):
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            there = {name.lower() for name, _ in headers}
            headers += [header for name, header in _SECURITY if name not in there]
            return start_response(status, headers, *error)

        return self._application(environ, start)


def init_app(app: Flask) -> None:
    app.wsgi_app = WithHeaders(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_leave)
    app.url_defaults(_name_static_version)


def is_file(endpoint: str | None) -> bool:
    return endpoint is not None and (endpoint == "static" or endpoint.endswith(".static"))


def _begin() -> None:
    g.began = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _GOOD_ID.fullmatch(given) else secrets.token_hex(8)
    g.leave = ExitStack()
    g.asked = g.leave.enter_context(statements.counting())
    if len(request.full_path) > LONGEST_ADDRESS:
        abort(414)
    if request.endpoint is None or is_file(request.endpoint) or request.endpoint in WITHOUT_BUSINESS:
        return
    try:
        business = _business_meant()
    except TenantClosed:
        if request.endpoint in FOR_ALL_BUSINESSES:
            return
        raise
    g.business = g.leave.enter_context(tenant_service.enter(business))


def _business_meant() -> Business:
    """The host's. ``X-Tenant-Slug`` names another only at a host that is nobody's, together with a token or key of that other one."""
    registered = tenant_service.find_registered(request.host)
    named = request.headers.get("X-Tenant-Slug", registered.slug if registered else MAIN)
    if registered is not None and named == registered.slug:
        return registered
    if registered is None and named == MAIN:
        return tenant_service.find_business(MAIN)
    if registered is not None or named != guard.claimed_business():
        raise WrongTenant
    try:
        return tenant_service.find_business(named)
    except UnknownTenant as failure:
        raise WrongTenant from failure


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    if is_file(request.endpoint) and response.status_code in (200, 304):
        # The version in the address changes with the file, so the copy is good for ever.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
        response = assets.squeezed(response)
    else:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.add("Vary", "Cookie, Authorization, X-Api-Key, Accept, X-Tenant-Slug")
    if request.method in ("GET", "HEAD") and response.status_code == 200 and response.mimetype == "application/json":
        if "ETag" not in response.headers:
            response.add_etag()
        response.make_conditional(request)
    _write_line(response)
    return response


def _leave(_: BaseException | None) -> None:
    g.pop("business", None)  # whoever keeps the context (a test) must not be somebody in the next request
    g.pop("principal", None)
    if (stack := g.pop("leave", None)) is not None:
        stack.close()


def _write_line(response: Response) -> None:
    """The rule, not the path: a path may hold a token or an e-mail."""
    asked = g.get("asked") or Tally()
    if (again := asked.repeated) is not None:
        said = {"route": _route(), "count": asked.count, "statement": again[0][:500], "times": again[1]}
        log.warning("many statements for one request", extra=said)
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    if current_app.config["METRICS_TOKEN"]:
        metrics.note(request.endpoint, request.method, response.status_code, seconds, asked)
    principal = g.get("principal")
    log.info(
        "request",
        extra={
            "method": request.method,
            "route": _route(),
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "db_ms": round(asked.seconds * 1000, 1),
            "db_queries": asked.count,
            "bytes": response.content_length,
            "address": request.remote_addr,
            "role": principal.role if principal else None,
        },
    )


def _route() -> str | None:
    return request.url_rule.rule if request.url_rule else None


def _name_static_version(endpoint: str, values: dict[str, object]) -> None:
    """``url_for("static", …)`` carries the file's version."""
    if is_file(endpoint) and "filename" in values and "v" not in values:
        values["v"] = assets.version_of(endpoint, str(values["filename"]))
