"""The one box: whatever is typed or scanned into it, it knows whether that is an order or a person."""

import re
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import ids
from app.core.errors import NotFound
from app.core.shapes import Line, Shape
from app.customers import queries as customers
from app.customers.models import CustomerDict
from app.identity.permissions import Permission
from app.orders import queries
from app.orders.errors import MistypedCode, UnknownOrder
from app.portals.employee import employee
from app.portals.employee.home import home
from app.portals.http.portal import asks, permits, shows_again

MOST_SHOWN = 20
# The code below the bars, one character more or less, and perhaps in groups of four. A name has no digits in it.
_LIKE_A_CODE = re.compile(r"(?=.*[0-9])(?=.*[a-z])([0-9a-z]{10,14}|[0-9a-z]{4}([ -][0-9a-z]{4}){2})", re.ASCII | re.IGNORECASE)
_LIKE_A_PHONE = re.compile(r"\+?[0-9 ()./-]{3,32}", re.ASCII)
_PHONE_OR_TICKET = re.compile(r"[0-9]{4,9}", re.ASCII)  # people say the last digits of their number
_TICKET = re.compile(r"#[0-9]{1,9}|[1-9][0-9]{0,8}", re.ASCII)


class Find(Shape):
    q = Line(longest=200, required=True)


@employee.get("/find")
@permits(Permission.ORDER_READ)
@asks(Find)
@shows_again(home, also=(NotFound,))
def find(query: dict[str, str]) -> ResponseReturnValue:
    typed = query["q"]
    order_id = _order_meant(typed)
    people = []
    if order_id is None or _PHONE_OR_TICKET.fullmatch(typed):
        people = [customer.to_dict() for customer in customers.find(q=typed, limit=MOST_SHOWN).rows]
    if order_id is not None and not people:
        return redirect(url_for("employee.order_page", order_id=order_id), 303)
    if not people:
        _refuse_what_is_no_name(typed)
    return _shown(typed, people, order_id)


def _shown(typed: str, people: list[CustomerDict], order_id: str | None) -> str:
    found: dict[str, Any] = {"people": people, "orders": queries.open_of([person["id"] for person in people])}
    found["ticket"] = None if order_id is None else queries.among([order_id])[order_id]
    return render_template("employee/find.html", typed=typed, most=MOST_SHOWN, fresh=_somebody_new(typed), **found)


def _order_meant(typed: str) -> str | None:
    if (order_id := ids.read_code(queries.code_in(typed))) is not None and order_id in queries.among([order_id]):
        return order_id
    found = queries.find_by_number(typed) if _TICKET.fullmatch(typed) else None
    return None if found is None else str(found.id)


def _refuse_what_is_no_name(typed: str) -> None:
    """Nobody is called like that, so it was meant as a code; a wrong character is told from a code that is nobody's."""
    if typed.startswith("#") or (_LIKE_A_CODE.fullmatch(typed) and ids.read_code(typed) is not None):
        raise UnknownOrder
    if _LIKE_A_CODE.fullmatch(typed):
        raise MistypedCode


def _somebody_new(typed: str) -> dict[str, str]:
    """What was typed is not typed again when it turns out to be somebody new."""
    if "@" in typed:
        return {"email": typed}
    return {"phone": typed} if _LIKE_A_PHONE.fullmatch(typed) else {"name": typed}
