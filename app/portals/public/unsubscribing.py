from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import Shape
from app.identity.permissions import Permission
from app.messages import setting_service
from app.messages.errors import BadUnsubscribeLink
from app.portals.http.guard import who
from app.portals.http.portal import asks, limited, permits
from app.portals.http.ways import unsubscriber
from app.portals.public import public


class UnsubscribeLink(Shape):
    token = fields.String(required=True, validate=validate.Length(1, 400))


@public.get("/unsubscribe")
@permits(Permission.SITE_VISIT)
@asks(UnsubscribeLink)
def unsubscribing(query: dict[str, str]) -> str:
    """Asks, because a mail program that looks at links ahead of its reader must not unsubscribe them."""
    if unsubscriber(query["token"]) is None:
        raise BadUnsubscribeLink
    return render_template("public/unsubscribe.html", done=False)


@public.post("/unsubscribe")
@permits(Permission.SITE_VISIT)
@limited("60 per hour")
@asks(UnsubscribeLink)
def unsubscribe(query: dict[str, str]) -> ResponseReturnValue:
    """From the page, or from a mail program's own button (RFC 8058), without signing in."""
    customer_id = unsubscriber(query["token"])
    if customer_id is None:
        raise BadUnsubscribeLink
    setting_service.unsubscribe(customer_id, by=who())
    return render_template("public/unsubscribe.html", done=True)
