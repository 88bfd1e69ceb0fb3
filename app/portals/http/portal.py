"""A portal is a blueprint with a guard, and a door is a route that says who may pass and what goes in and out.

    @portal.post("/orders")
    @permits(Permission.ORDER_PLACE)
    @reads(OrderCreate)
    @answers(201, PlacedDict, "The order as it was written down.")
    def place_order(data): ...

Each line only declares; the portal walks through them in one fixed order, and the API's description is made from the same lines.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Blueprint, request
from marshmallow import Schema

from app.core.errors import Conflict, DomainError, Invalid, StaleVersion, TooMany
from app.identity.permissions import Permission
from app.portals.http import bodies, errors, guard, limits, once, uploads
from app.portals.http.forms import Form
from app.portals.http.uploads import Upload

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

View = Callable[..., Any]
Refusals = tuple[type[DomainError], ...]
# What a person at a form can do something about.
MENDABLE: Refusals = (Invalid, Conflict, StaleVersion, TooMany)


@dataclass(slots=True)
class Answer:
    status: int
    shape: Any  # a TypedDict, list[a TypedDict], None for no body, or a media type as text
    meaning: str


@dataclass(slots=True)
class Door:
    permission: Permission | None = None
    body: Schema | None = None
    body_may_be_form: bool = False
    upload: Upload | None = None
    query: Schema | None = None
    answers: list[Answer] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    versioned: bool = False
    secret: bool = False
    again: tuple[View, Refusals] | None = None


class DoorWithoutPermission(RuntimeError):
    """The application does not start with an unguarded route."""


class Portal(Blueprint):
    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        realms: tuple[str, ...],
        visit: Permission = Permission.SITE_VISIT,
        url_prefix: str | None = None,
    ):
        """``realms``: whose cookie opens this portal, the preferred one first. ``visit``: what it takes to be in it at all, whatever
        else one may do elsewhere."""
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.realms = realms
        self.before_request(lambda: guard.check(name, realms, visit))

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: View | None = None, *args: Any, **options: Any) -> None:
        door: Door | None = getattr(view_func, "door", None)
        if view_func is None or door is None or door.permission is None:
            raise DoorWithoutPermission(
                f"{self.name} {rule}: say who may pass, with @permits(Permission.AREA_ACTION) below the route decorator"
            )
        super().add_url_rule(rule, endpoint or view_func.__name__, _walk(view_func, door), *args, **options)


def permits(permission: Permission) -> Callable[[View], View]:
    return _declare(lambda door: setattr(door, "permission", permission))


def reads(schema: type[Schema], *, form: bool = False) -> Callable[[View], View]:
    """The body, validated, as the view's ``data``. ``form=True`` lets a browser's form in as well."""

    def declare(door: Door) -> None:
        door.body, door.body_may_be_form = schema(), form

    return _declare(declare)


def takes(upload: Upload) -> Callable[[View], View]:
    """One file, as the body itself or in a form. What it was read as is the view's ``upload``."""
    return _declare(lambda door: setattr(door, "upload", upload))


def asks(schema: type[Schema]) -> Callable[[View], View]:
    """The query string, validated, as the view's ``query``."""
    return _declare(lambda door: setattr(door, "query", schema()))


def answers(status: int, shape: Any, meaning: str) -> Callable[[View], View]:
    return _declare(lambda door: door.answers.append(Answer(status, shape, meaning)))


def limited(*rates: str) -> Callable[[View], View]:
    """How often one network may knock without being signed in, as Flask-Limiter writes it: ``30 per minute``.

    Whoever is signed in can be told apart and switched off; a whole counter's staff share one address.
    """
    return _declare(lambda door: door.limits.extend(rates))


def versioned(view: View) -> View:
    """``If-Match`` guards this door; the view gets the version the client saw as ``expected`` (None when it did not say)."""
    return _declare(lambda door: setattr(door, "versioned", True))(view)


def secret(view: View) -> View:
    """The answer is not to be kept for a repeated ``Idempotency-Key``: it holds a token or a password, or is large and changes nothing."""
    return _declare(lambda door: setattr(door, "secret", True))(view)


def shows_again(page: View, *, also: Refusals = ()) -> Callable[[View], View]:
    """A browser whose form did not do sees ``page`` again, which gets what was typed and what is wrong as its ``form``."""
    return _declare(lambda door: setattr(door, "again", (page, MENDABLE + also)))


def _declare(change: Callable[[Door], object]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        if not hasattr(view, "door"):
            view.door = Door()  # type: ignore[attr-defined]
        change(view.door)  # type: ignore[attr-defined]
        return view

    return decorate


def _walk(view: View, door: Door) -> View:
    @wraps(view)
    def walk(**params: Any) -> Any:
        page, mendable = door.again or (None, ())
        try:
            return enter(**params)
        except mendable as error:
            if page is None or not errors.wants_page():
                raise
            form = Form.refused(error, (door.body or door.query or Schema()).fields)
            return page(**params, form=form), errors.status_of(error), errors.headers_of(error)

    def enter(**params: Any) -> Any:
        repeatable = request.method not in SAFE_METHODS and once.has_key()
        if not guard.who().signed_in:
            for rate in door.limits:
                limits.spend(rate, str(request.endpoint), limits.network())
        if door.query is not None:
            params["query"] = bodies.read_query(door.query)
        if door.upload is None:
            return go_in(params, repeatable)
        with uploads.received(door.upload) as (file, digest):
            # Before the key is claimed: reading takes a while, and claiming it holds the writer's turn.
            return go_in({**params, "upload": door.upload.read(file)}, repeatable, digest)

    def go_in(params: dict[str, Any], repeatable: bool, digest: bytes | None = None) -> Any:
        if door.body is not None:
            params["data"] = bodies.read_body(door.body, form=door.body_may_be_form)
        if door.versioned:
            params["expected"] = bodies.read_version()
        if door.secret or not repeatable:
            return view(**params)
        return once.only_once(lambda: view(**params), digest)

    return walk
