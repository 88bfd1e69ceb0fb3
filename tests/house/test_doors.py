"""Every route is a door: it says who may pass, and its portal asks before it opens."""

from pathlib import Path

import pytest
from flask import Flask

from app.identity.permissions import ALLOWED, STAFF, Permission, Role
from app.portals.http.every_request import is_file
from app.portals.http.portal import DoorWithoutPermission, Portal, permits

ROOT = Path(__file__).parents[2]
HOW = "Write @permits(Permission.AREA_ACTION) below the route decorator of a Portal; identity/permissions.py lists the permissions."


def rules(app: Flask):
    return [rule for rule in app.url_map.iter_rules() if not is_file(rule.endpoint)]


def unguarded(app: Flask) -> list[str]:
    return [f"{rule.rule} ({rule.endpoint})" for rule in rules(app) if not hasattr(app.view_functions[rule.endpoint], "door")]


def test_every_route_says_who_may_pass(app):
    assert len(rules(app)) > 20
    assert unguarded(app) == [], HOW
    assert [rule.rule for rule in rules(app) if app.view_functions[rule.endpoint].door.permission is None] == [], HOW


def test_every_route_hangs_on_a_portal_with_a_guard(app):
    """The guard is the portal's first ``before_request``; without it ``@permits`` would be a wish."""
    for rule in rules(app):
        portal = app.blueprints[rule.endpoint.partition(".")[0]]
        assert isinstance(portal, Portal), f"{rule.rule}: register it on a Portal, not on a plain Blueprint. {HOW}"
        assert app.before_request_funcs[portal.name], f"{portal.name} lost its guard: Portal.__init__ sets it"


def test_every_permission_that_tells_roles_apart_is_said_in_words():
    """The office's page of roles shows it to people who choose."""
    words = (ROOT / "templates/admin/roles/_parts.html").read_text()
    apart = frozenset().union(*(ALLOWED[role] for role in STAFF)) - ALLOWED[Role.CUSTOMER]
    assert sorted(permission for permission in apart if f'"{permission}":' not in words) == [], (
        "templates/admin/roles/_parts.html lists them"
    )


def test_every_role_is_in_the_matrix():
    assert set(ALLOWED) == set(Role)


def test_an_unguarded_route_on_the_application_is_noticed(own_app):
    own_app.add_url_rule("/backstage", "backstage", lambda: "come in")
    assert unguarded(own_app) == ["/backstage (backstage)"]


def test_a_door_without_a_permission_does_not_open():
    portal = Portal("backstage", __name__, realms=("staff",))
    with pytest.raises(DoorWithoutPermission, match="@permits"):
        portal.get("/orders")(lambda: "come in")


def test_the_guard_stands_at_every_portal(own_app):
    """A new portal with a closed door refuses strangers without anything else being said."""
    portal = Portal("fresh", __name__, realms=("staff",), url_prefix="/fresh")

    @portal.get("/")
    @permits(Permission.ADMIN_VISIT)
    def home() -> str:
        return "come in"

    own_app.register_blueprint(portal)
    assert own_app.test_client().get("/fresh/").status_code == 401
