"""How far an order is, for whoever holds its ticket. The link is the key: it is as long as a good password and opens nothing else."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound
from app.core.shapes import Line, Shape
from app.identity.permissions import Permission
from app.orders import queries
from app.portals.http.forms import EMPTY, Form
from app.portals.http.portal import asks, permits, shows_again
from app.portals.http.progress import steps
from app.portals.public import public


class Track(Shape):
    code = Line(longest=200, load_default=None)


def ask_for_code(token: str = "", form: Form = EMPTY) -> str:
    return render_template("public/find_tracked.html", code=form.typed.get("code", token), form=form)


@public.get("/track")
@permits(Permission.ORDER_TRACK)
@asks(Track)
@shows_again(ask_for_code)
def find_tracked(query: dict[str, str | None]) -> ResponseReturnValue:
    """What is pasted may be the whole link; the code is its end."""
    code = (query["code"] or "").rstrip("/").rpartition("/")[2]
    return redirect(url_for("public.track", token=code), 303) if code else ask_for_code()


@public.get("/track/<token>")
@permits(Permission.ORDER_TRACK)
@shows_again(ask_for_code, also=(NotFound,))
def track(token: str) -> str:
    order = queries.as_tracked(queries.get_by_tracking_token(token))
    return render_template("public/track.html", order=order, way=steps(order["status"], order["timeline"]))
