"""Roles of a business's own: less than a shipped one, never more, and changed for everybody at once."""

import pytest
from sqlalchemy import update

from app.core.unit_of_work import unit_of_work
from app.identity import account_service
from app.identity.models import CustomRole
from app.identity.permissions import ALLOWED, ALWAYS, Permission, Role, choosable, narrowed
from tests.support.people import ERIN, MONA, account_id_of, bearer_of, client_of
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}
TILL = {"name": "Till", "base": "employee", "permissions": ["order:take", "order:scan"]}


@pytest.fixture
def till(admin):
    return admin.post("/admin/api/roles", json=TILL).json


def give(app, admin, person, role):
    number = account_id_of(app, person)
    given = admin.put(f"/admin/api/workers/{number}", json={"role": role if isinstance(role, str) else f"custom:{role['id']}"})
    assert given.status_code == 200, given.text
    return given.json


def test_a_role_is_never_more_than_what_it_is_based_on():
    for base in ALWAYS:
        assert ALWAYS[base] <= ALLOWED[base]
        assert narrowed(base, [str(permission) for permission in Permission]) == ALLOWED[base] - {Permission.STAFF_EDIT}
        assert narrowed(base, []) == ALWAYS[base]
        assert Permission.STAFF_EDIT not in choosable(base)


@pytest.mark.parametrize(
    ("base", "permission"),
    [("employee", "customer:erase"), ("employee", "order:read"), ("employee", "admin:visit"), ("manager", "staff:edit"),
     ("manager", "role:edit"), ("manager", "platform:edit"), ("manager", "plan:read"), ("manager", "nonsense")],
)  # fmt: skip
def test_refuses_more_than_the_base_has_and_whatever_leads_to_more(admin, base, permission):
    refused = admin.post("/admin/api/roles", json={"name": "More", "base": base, "permissions": ["order:scan", permission]})
    assert (refused.status_code, refused.json["code"]) == (400, "not_in_role")
    page = admin.post("/admin/roles/new", data={"name": "More", "base": base, "permissions": [permission]}, headers=PAGE)
    assert (page.status_code, "cannot have" in page.text, 'value="More"' in page.text) == (400, True, True)
    assert admin.get("/admin/api/roles").json == []


def test_refuses_other_bases_and_everybody_but_an_administrator(app, admin, till):
    for base in ("admin", "worker", "customer", "anyone", "owner"):
        assert admin.post("/admin/api/roles", json={**TILL, "name": base, "base": base}).status_code == 400
    mona = client_of(app, MONA)
    assert mona.post("/admin/api/roles", json={**TILL, "name": "Mine"}).status_code == 403
    assert mona.put(f"/admin/api/roles/{till['id']}", json={"permissions": []}).status_code == 403
    assert mona.delete(f"/admin/api/roles/{till['id']}").status_code == 403
    assert [role["name"] for role in mona.get("/admin/api/roles").json] == ["Till"]


def test_what_is_stored_gives_no_more_whoever_wrote_it(app, admin, till):
    """A row from a backup, an older version or another hand: the matrix of today stands above it."""
    give(app, admin, ERIN, till)
    with inside(app), unit_of_work() as session:
        session.execute(update(CustomRole).values(permissions=["staff:edit", "admin:visit", "platform:edit", "order:take"]))
    erin = client_of(app, ERIN)
    for path in ("/admin/api/workers", "/admin/api/platform/businesses", "/admin/api/orders"):
        assert erin.get(path).status_code == 403
    assert erin.get("/employee/orders/new", headers=PAGE).status_code == 200


def test_a_change_reaches_every_sign_in_at_once_without_ending_it(app, admin, till):
    assert give(app, admin, ERIN, till)["role"] == "employee"
    browser, program = client_of(app, ERIN), bearer_of(app, ERIN)

    def ask():
        own = browser.get("/employee/api/transit-batches").status_code
        return own, app.test_client().get("/employee/api/transit-batches", headers=program).status_code

    assert ask() == (403, 403)
    changed = admin.put(f"/admin/api/roles/{till['id']}", json={"permissions": ["transit:read"]}, headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.json["people"], changed.json["version"]) == (200, 1, 2)
    assert ask() == (200, 200)
    assert "Transit" in browser.get("/employee/", headers=PAGE).text
    assert "/employee/orders/new" not in browser.get("/employee/", headers=PAGE).text
    assert admin.put(f"/admin/api/roles/{till['id']}", json={"name": "x"}, headers={"If-Match": '"v1"'}).status_code == 412
    admin.put(f"/admin/api/roles/{till['id']}", json={"permissions": []})
    assert ask() == (403, 403)
    give(app, admin, ERIN, "employee")  # another role ends what there was, as ever
    assert ask() == (401, 401)


def test_a_key_is_cut_with_its_makers_own_role_as_it_is_now(app, admin):
    mona = client_of(app, MONA)
    form = {"name": "Till", "days": "30", "areas.order": "change", "areas.customer": "read"}
    key = mona.post("/admin/keys/new", data=form, headers=PAGE).text.split("fc_main_")[1]
    key = {"X-Api-Key": "fc_main_" + key[:56]}
    ask = lambda path: app.test_client().get(path, headers=key).status_code  # noqa: E731
    assert ask("/admin/api/customers") == 200
    role = admin.post("/admin/api/roles", json={"name": "Floor", "base": "manager", "permissions": ["transit:read"]}).json
    give(app, admin, MONA, role)
    assert (ask("/admin/api/customers"), ask("/admin/api/orders")) == (403, 200)
    admin.put(f"/admin/api/roles/{role['id']}", json={"permissions": ["customer:read"]})
    assert ask("/admin/api/customers") == 200


def test_nobody_is_given_work_that_their_role_does_not_allow(app, admin):
    role = admin.post("/admin/api/roles", json={"name": "Floor", "base": "manager", "permissions": ["delivery:work"]}).json
    give(app, admin, MONA, role)
    with inside(app):
        assert MONA.name in account_service.those_who_may(Permission.DELIVERY_WORK).values()
        assert MONA.name not in account_service.those_who_may(Permission.LABEL_PRINT).values()
        assert not account_service.may(account_id_of(app, MONA), Permission.LABEL_PRINT)
    assert app.test_client().post("/employee/login", json=MONA.credentials | {"username": MONA.login}).status_code in (400, 401)


def test_pages_make_give_change_and_remove_a_role(app, admin):
    assert admin.get("/admin/roles/new?base=manager", headers=PAGE).text.count('name="permissions"') == len(choosable(Role.MANAGER))
    made = admin.post("/admin/roles/new", data={"name": "Night & day", "base": "employee", "permissions": ["order:scan"]}, headers=PAGE)
    assert made.status_code == 303
    taken = admin.post("/admin/roles/new", data={"name": "Night & day", "base": "employee"}, headers=PAGE)
    assert (taken.status_code, "this name already" in taken.text) == (409, True)
    (role,) = admin.get("/admin/api/roles").json
    erin, path = account_id_of(app, ERIN), f"/admin/roles/{role['id']}"
    assert f'value="custom:{role["id"]}"' in admin.get("/admin/staff/invite", headers=PAGE).text
    saved = admin.post(f"/admin/staff/{erin}", data={"name": ERIN.name, "role": f"custom:{role['id']}", "version": "1"}, headers=PAGE)
    assert saved.status_code == 303
    assert "Night &amp; day" in admin.get("/admin/staff/", headers=PAGE).text
    in_use = admin.post(f"{path}/remove", headers=PAGE)
    assert (in_use.status_code, "Somebody has this role" in in_use.text) == (409, True)
    assert admin.post(path, data={"name": "Night", "version": "1"}, headers=PAGE).status_code == 303  # no box ticked
    assert admin.get("/admin/api/roles").json[0]["permissions"] == []
    give(app, admin, ERIN, "employee")
    assert admin.post(f"{path}/remove", headers=PAGE).status_code == 303
    assert admin.put(f"/admin/api/workers/{erin}", json={"role": f"custom:{role['id']}"}).status_code == 400
    audit = admin.get("/admin/audit/?what=role", headers=PAGE).text
    assert all(deed in audit for deed in ("Role made", "Role changed", "Role removed"))


def test_the_manual_page_says_of_every_shipped_role_what_the_matrix_says(app, admin):
    text = " ".join(admin.get("/admin/roles/", headers=PAGE).text.split())
    rows = text.partition("The shipped roles")[2].split('<tr role="row">')[2:]
    told = {row.split("</td>")[0].rpartition(">")[2].strip(): row.count("check-lg") for row in rows}
    roles = (Role.WORKER, Role.EMPLOYEE, Role.MANAGER, Role.ADMIN)
    assert told["Make roles"] == 1
    assert told["Drive: their own stops"] == 3
    assert sorted(told.values()) == sorted(
        sum(permission in ALLOWED[role] for role in roles) for permission in ALLOWED[Role.ADMIN] - ALLOWED[Role.CUSTOMER]
    )
