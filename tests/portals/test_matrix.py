"""Every role at every door. Who may where is said here once more, and apart from the matrix that the guard reads."""

import pytest

from app.identity import key_service
from app.identity.permissions import ALLOWED, Role, narrowed
from app.identity.principal import Principal
from app.portals.http.every_request import is_file
from tests.support.people import ADMIN, ALICE, ERIN, MONA, WANDA, account_id_of, bearer_of
from tests.support.shop import inside

OFFICE, COUNTER, ALL_STAFF = {MONA, ADMIN}, {ERIN, MONA, ADMIN}, {ERIN, WANDA, MONA, ADMIN}
EVERYBODY = {None, ALICE, ERIN, WANDA, MONA, ADMIN}
OPEN = {
    "/", "/favicon.ico", "/language", "/swagger/", "/track", "/track/<token>", "/api/track/<token>", "/api/services", "/api/schema/",
    "/api/schema/redoc/", "/api/schema/swagger-ui/", "/auth/claim", "/auth/forgot", "/auth/invite", "/auth/login", "/auth/refresh",
    "/auth/reset", "/auth/signup", "/customer/signup", "/worker/manifest.webmanifest", "/worker/offline", "/worker/service-worker.js",
    "/styleguide", "/unsubscribe", "/report", "/api/reports",
}  # fmt: skip
# The first that fits decides: the narrow ones come before the wide ones.
WHO = (
    ("/customer/me/password", {ALICE}),
    ("/customer/", {ALICE}),
    ("/admin/platform/", {ADMIN}),
    ("/admin/plan/", {ADMIN}),
    ("/admin/roles/new", {ADMIN}),
    ("/admin/roles/<", {ADMIN}),
    ("/admin/api/platform/", {ADMIN}),
    ("/admin/jobs/", {ADMIN}),
    ("/admin/", OFFICE),
    ("/employee/", COUNTER),
    ("/worker/", {WANDA, MONA, ADMIN}),
    ("/api/me/password", EVERYBODY - {None}),
    ("/api/me", {ALICE}),
    ("/api/labels", COUNTER),
    ("/api/v1/dashboard/", OFFICE),
    ("/api/orders", EVERYBODY - {None, WANDA}),
    ("/auth/logout", EVERYBODY - {None}),
)


def who_may(method: str, rule: str):
    if rule in OPEN or (rule.endswith(("/login", "/login/code", "/logout")) and not rule.startswith("/auth")) or "/health/" in rule:
        return EVERYBODY
    if (method, rule) == ("POST", "/api/orders"):
        return EVERYBODY
    if rule.startswith("/admin/api/roles") and method != "GET":
        return {ADMIN}
    return next((people for start, people in WHO if rule.startswith(start)), set())


def doors(app):
    """Every address once for each of its methods, with something in place of its variables that finds nothing."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if is_file(rule.endpoint):
                continue
            values = {name: _something(rule._converters[name]) for name in rule.arguments}
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, adapter.build(rule.endpoint, values, method=method)


def _something(converter):
    regex = converter.regex
    return next((item for item in ("csv", "pdf", "services", "initiate", "ready") if item in regex), 987654)


@pytest.mark.slow
@pytest.mark.parametrize("person", [None, ALICE, ERIN, WANDA, MONA], ids=lambda person: person.name if person else "nobody")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)  # who may is asked before anything is read or written
def test_opens_for_whom_it_should_and_nobody_else(app, person):
    try_every_door(app, person)


@pytest.mark.slow
def test_opens_for_the_administrator(app):
    try_every_door(app, ADMIN)


def try_every_door(app, person):
    wrong, headers = [], bearer_of(app, person) if person else {}
    for method, rule, path in doors(app):
        status = app.test_client().open(path, method=method, headers=headers).status_code
        if person and status == 401:  # the door before may have been the way out
            headers = bearer_of(app, person)
            status = app.test_client().open(path, method=method, headers=headers).status_code
        refused = status in ((401,) if person is None else (401, 403))
        if refused == (person in who_may(method, rule)):
            wrong.append(f"{method} {rule} {'refuses' if refused else 'lets in'}")
    assert wrong == []


# What Erin may, and no longer with a role that can only take orders in and scan: beginnings of addresses again.
TAKES_AND_SCANS = ("order:take", "order:scan")
SHUT_TO_HER = (
    "/employee/transit", "/employee/api/transit", "/employee/customers", "/employee/api/customers", "/api/labels",
)  # fmt: skip


def test_a_role_of_ones_own_opens_what_was_chosen_and_nothing_beside_it(app, admin):
    role = admin.post("/admin/api/roles", json={"name": "Till", "base": "employee", "permissions": TAKES_AND_SCANS}).json
    erin = account_id_of(app, ERIN)
    assert admin.put(f"/admin/api/workers/{erin}", json={"role": f"custom:{role['id']}"}).status_code == 200
    may = narrowed(Role.EMPLOYEE, TAKES_AND_SCANS)
    wrong, shut = [], 0
    headers = bearer_of(app, ERIN)
    for method, rule, path in doors(app):
        endpoint = app.url_map.bind("localhost").match(path, method=method)[0]
        expected = ERIN in who_may(method, rule) and app.view_functions[endpoint].door.permission in may
        headers = bearer_of(app, ERIN) if rule.endswith("logout") else headers
        opened = app.test_client().open(path, method=method, headers=headers).status_code not in (401, 403)
        headers = bearer_of(app, ERIN) if "logout" in rule else headers
        if opened != expected or (opened and rule.startswith(SHUT_TO_HER) and method == "GET"):
            wrong.append(f"{method} {rule} {'lets in' if opened else 'refuses'}")
        shut += ERIN in who_may(method, rule) and not opened
    assert wrong == []
    assert shut > 15


# What a program's key does not open even with every scope there is: other ways in, what is somebody's own, and what is done in a name.
SHUT_TO_KEYS = (
    ("GET", "/worker/api/"), ("PUT", "/worker/api/"), ("POST", "/worker/api/"), ("GET", "/api/me/"), ("PUT", "/api/me/"),
    ("DELETE", "/api/me"),
    ("POST", "/admin/api/workers"), ("PUT", "/admin/api/workers"), ("DELETE", "/admin/api/workers"), ("DELETE", "/admin/api/customers"),
    ("POST", "/admin/api/customers/<int:customer_id>/merge"), ("POST", "/auth/"), ("POST", "/customer/signup"), ("POST", "/api/reports"),
    ("POST", "/admin/api/roles"), ("PUT", "/admin/api/roles"), ("DELETE", "/admin/api/roles"),
    ("GET", "/admin/api/platform/"), ("POST", "/admin/api/platform/"),
)  # fmt: skip


@pytest.mark.slow
def test_a_key_with_every_scope_opens_the_api_and_no_page(app):
    with inside(app):
        scopes = key_service.scopes_within(ALLOWED[Role.ADMIN])
        key = key_service.make("Everything", scopes, role=Role.ADMIN, days=1, by=Principal.command_line("tests"))[1]
    wrong = []
    for method, rule, path in doors(app):
        opened = app.test_client().open(path, method=method, headers={"X-Api-Key": key}).status_code not in (401, 403)
        api = rule.startswith(("/api/", "/admin/api/", "/employee/api/", "/worker/api/", "/health/")) or rule.endswith("/logout")
        public = rule in ("/language", "/unsubscribe") or (method == "GET" and (rule in OPEN or rule.endswith(("/login", "/login/code"))))
        shut = any(method == verb and rule.startswith(start) for verb, start in SHUT_TO_KEYS)
        if opened != ((api or public) and not shut):
            wrong.append(f"{method} {rule} {'lets in' if opened else 'refuses'}")
    assert wrong == []
