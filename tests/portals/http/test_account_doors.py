"""Staff about their own account, in every portal of theirs: another password, and an end to sign-ins that are not wanted."""

import re

import pytest

from tests.support.people import ADMIN, ERIN, PASSWORD, WANDA, bearer_of, client_of

PAGE = {"Accept": "text/html"}
NEW = "eleven calm badgers hum along"


@pytest.mark.parametrize(("portal", "person"), [("admin", ADMIN), ("employee", ERIN), ("worker", WANDA)])
def test_signs_out_one_and_everywhere_else(app, portal, person):
    here, there, elsewhere = (client_of(app, person) for _ in range(3))
    program = bearer_of(app, person)
    page = here.get(f"/{portal}/account", headers=PAGE)
    ends = re.findall(rf'action="(/{portal}/account/sign-ins/[^"]+/end)"', page.text)
    assert (page.status_code, len(ends), page.text.count("here, now")) == (200, 3, 1)

    # The newest comes first: the program, then the browser that signed in last.
    assert here.post(ends[1], headers=PAGE).location == f"/{portal}/account"
    assert elsewhere.get(f"/{portal}/", headers=PAGE).status_code == 302
    assert there.get(f"/{portal}/", headers=PAGE).status_code == 200
    assert here.post(ends[1], headers=PAGE).status_code == 404
    assert here.post(f"/{portal}/account/sign-out-elsewhere", headers=PAGE).status_code == 303
    assert there.get(f"/{portal}/", headers=PAGE).status_code == 302
    assert app.test_client().get(f"/{portal}/", headers=program).status_code == 401
    assert here.get(f"/{portal}/account", headers=PAGE).text.count("/sign-ins/") == 0


def test_nobody_ends_anothers(app, employee, worker, admin):
    (end,) = re.findall(r'/worker(/account/sign-ins/[^"]+/end)', client_of(app, WANDA).get("/worker/account", headers=PAGE).text)
    for stranger, portal in ((employee, "employee"), (admin, "admin"), (admin, "worker")):
        assert stranger.post(f"/{portal}{end}", headers=PAGE).status_code == 404
    assert worker.get("/worker/", headers=PAGE).status_code == 200


def test_another_password(app, employee, client):
    other = client_of(app, ERIN)

    def change(current, new):
        return employee.post("/employee/account/password", data={"currentPassword": current, "password": new}, headers=PAGE)

    assert "not your current password" in change("wrong wrong wrong", NEW).text
    short = change(PASSWORD, "eleven calm ba")
    assert (short.status_code, "at least 15 characters" in short.text, short.text.count('aria-invalid="true"')) == (400, True, 1)
    assert change(PASSWORD, NEW).status_code == 303
    assert "Your password is changed" in employee.get("/employee/account", headers=PAGE).text
    assert other.get("/employee/", headers=PAGE).status_code == 302
    answers = [client.post("/employee/login", json={"email": ERIN.login, "password": one}).status_code for one in (PASSWORD, NEW)]
    assert answers == [401, 200]
    assert [change(f"wrong number {n} again", NEW).status_code for n in range(8)] == [400] * 7 + [429]


def test_is_for_whoever_is_signed_in_there(client, alice, worker):
    for stranger, status in ((client, 302), (alice, 302), (worker, 403)):
        assert stranger.get("/admin/account", headers=PAGE).status_code == status
