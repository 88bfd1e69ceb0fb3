"""Every refusal becomes one shape: a sentence a person can act on. JSON for programs, a page for browsers."""

import logging
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits.errors import StorageError
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.core import errors
from app.core.errors import DomainError
from app.portals.http.bodies import MissingFields, TooLarge

log = logging.getLogger("fabclean.http")

# Kind of refusal to status; the first that fits decides, so the narrow ones come first.
STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (TooLarge, 413),
    (errors.Invalid, 400),
    (errors.NotSignedIn, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.StaleVersion, 412),
    (errors.VersionRequired, 428),
    (errors.KeyReused, 422),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)
SENTENCES = {
    400: "The request cannot be read. Check its form and send it again.",
    401: errors.NotSignedIn.sentence,
    403: errors.Forbidden.sentence,
    404: errors.NotFound.sentence,
    405: "This address does not take that method; the Allow header lists those it takes.",
    413: "This is more than may be sent at once.",
    414: "This address is too long.",
    415: "This address does not take that kind of body. Send JSON.",
    429: errors.TooMany.sentence,
    500: "Something went wrong on our side. Nothing was changed; tell us the request id.",
    503: errors.Unavailable.sentence,
}
JSON_PREFIXES = ("/api", "/auth", "/admin/api", "/employee/api", "/worker/api", "/health")
# Among those a browser comes to these as well: letters link to them.
LINK_PAGES = {"/auth/forgot", "/auth/reset", "/auth/claim", "/auth/invite"}
SIGN_IN_PAGES = {"admin", "employee", "worker", "customer"}


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StaleDataError, lambda _: _refused(errors.StaleVersion()))
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(DataError, _unstorable)
    for away in (OperationalError, InterfaceError, PoolTimeout, StorageError):
        app.register_error_handler(away, _away)
    app.register_error_handler(ProgrammingError, _not_migrated)
    app.register_error_handler(Exception, _unexpected)


def wants_page() -> bool:
    """Only somebody who asks for HTML by name, and not at an address that speaks JSON, gets a page."""
    speaks_json = any(request.path == prefix or request.path.startswith(prefix + "/") for prefix in JSON_PREFIXES)
    if request.is_json or (speaks_json and request.path not in LINK_PAGES):
        return False
    return "text/html" in request.headers.get("Accept", "")


def status_of(error: DomainError) -> int:
    return next(status for kind, status in STATUS if isinstance(error, kind))


def headers_of(error: DomainError) -> dict[str, str]:
    wait = getattr(error, "retry_after", None)
    return {} if wait is None else {"Retry-After": str(wait)}


def _refused(error: DomainError) -> ResponseReturnValue:
    status = status_of(error)
    if status == 401 and wants_page() and request.method == "GET" and request.blueprint in SIGN_IN_PAGES:
        return redirect(url_for(f"{request.blueprint}.sign_in", next=request.full_path.rstrip("?")))
    headers = headers_of(error)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="fabclean"'
    extra: dict[str, Any] = {}
    if error.fields is not None:
        extra["fields"] = error.fields
    if error.state is not None:
        extra["state"] = error.state
    return _say(status, error.sentence, headers, code=None if isinstance(error, MissingFields) else error.code, **extra)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # redirects travel as exceptions too
    headers = {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
    return _say(status, SENTENCES.get(status, f"{error.name}."), headers, code=error.name.lower().replace(" ", "_"))


def _integrity(error: IntegrityError) -> ResponseReturnValue:
    log.warning("an integrity error without a sentence of its own", exc_info=error)
    return _refused(errors.Conflict("This does not fit with what is stored. Load it again and look."))


def _unstorable(error: DataError) -> ResponseReturnValue:
    log.warning("a value the database cannot take got past the schema", exc_info=error)
    return _refused(errors.Invalid("One of the values cannot be stored."))


def _away(error: Exception) -> ResponseReturnValue:
    log.error("the database or the counter store did not answer", exc_info=error)
    return _refused(errors.Unavailable())


def _not_migrated(error: ProgrammingError) -> ResponseReturnValue:
    """What PostgreSQL says of a table or column that is not there yet; SQLite calls it an operational error itself."""
    return _away(error) if getattr(error.orig, "sqlstate", None) in ("42P01", "42703") else _unexpected(error)


def _unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    log.error("unexpected error", exc_info=error)
    return _say(500, SENTENCES[500], {}, code="internal_error")


def _say(status: int, sentence: str, headers: dict[str, str], *, code: str | None, **extra: Any) -> Response:
    if wants_page():
        page = render_template("errors/error.html", status=status, sentence=sentence, request_id=g.get("request_id"))
        response = Response(page, mimetype="text/html")
    else:
        body: dict[str, Any] = {"error": sentence, **extra}
        if code is not None:
            body |= {"code": code, "requestId": g.get("request_id")}
        response = jsonify(body)
    response.status_code = status
    response.headers.extend(headers)
    return response
