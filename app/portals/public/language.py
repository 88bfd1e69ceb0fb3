from typing import Any
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Shape
from app.identity.permissions import Permission
from app.portals.http.languages import COOKIE, NAMES
from app.portals.http.portal import permits, reads
from app.portals.http.signing_in import is_ours
from app.portals.public import public

A_YEAR = 365 * 24 * 3600


class LanguageChoice(Shape):
    language = fields.String(validate=validate.OneOf(list(NAMES)), required=True)


@public.post("/language")
@permits(Permission.SITE_VISIT)
@reads(LanguageChoice, form=True)
def choose_language(data: dict[str, Any]) -> ResponseReturnValue:
    """A cookie for this browser: choosing a language needs no account."""
    seen = urlsplit(request.referrer or "")
    back = seen._replace(scheme="", netloc="").geturl() if seen.netloc == request.host else ""
    response = redirect(back if is_ours(back) else url_for("public.home"), 303)
    response.set_cookie(COOKIE, data["language"], max_age=A_YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
    return response
