"""Staff in the office's pages: invited with a link shown once, changed, switched off, signed out, and what is refused in words."""

import re

from tests.support.mail import letters, link_in
from tests.support.people import ADMIN, ERIN, MONA, WANDA, account_id_of, client_of

PAGE = {"Accept": "text/html"}
NORA = {"name": "Nora North", "email": "nora@shop.example", "role": "employee"}
PASSWORD = "thirteen odd parrots argue"


def at(app, person):
    return f"/admin/staff/{account_id_of(app, person)}"


def link_on(page):
    return re.search(r'value="(http[^"]+)"', page).group(1).replace("&amp;", "&")


def test_an_invitation_is_shown_once_and_mailed_and_opens_the_counter(app, admin, client):
    refused = admin.post("/admin/staff/invite", data={**NORA, "role": "admin"}, headers=PAGE)
    assert (refused.status_code, 'value="Nora North"' in refused.text) == (400, True)
    invited = admin.post("/admin/staff/invite", data=NORA, headers=PAGE)
    assert invited.status_code == 201
    (letter,) = letters(app, NORA["email"])
    assert link_on(invited.text) == link_in(letter)
    assert "Somebody else has this e-mail already." in admin.post("/admin/staff/invite", data=NORA, headers=PAGE).text

    people = admin.get("/admin/staff/", headers=PAGE).text
    assert link_on(invited.text) not in people
    assert "Invited" in people
    member = re.search(r'href="(/admin/staff/\d+)">Nora North', people).group(1)
    again = admin.post(f"{member}/invite", headers=PAGE)
    old, new = (link_on(answer.text).partition("token=")[2] for answer in (invited, again))
    assert client.post("/auth/invite", data={"token": old, "password": PASSWORD}, headers=PAGE).status_code == 400
    accepted = client.post("/auth/invite", data={"token": new, "password": PASSWORD}, headers=PAGE)
    assert accepted.location == "/employee/login"
    assert client.post(accepted.location, data={"email": NORA["email"], "password": PASSWORD}, headers=PAGE).location == "/employee/"
    refused = admin.post(f"{member}/invite", headers=PAGE)
    assert (refused.status_code, "nothing to invite them to" in refused.text) == (409, True)


def test_somebody_is_renamed_signed_out_switched_off_and_on(app, admin, employee):
    path = at(app, ERIN)
    assert admin.post(path, data={"name": "Erin E.", "role": "employee", "version": 1}, headers=PAGE).status_code == 303
    stale = admin.post(path, data={"name": "Erin X.", "role": "manager", "version": 1}, headers=PAGE)
    assert stale.status_code == 412
    assert "Now stored: Erin E." in stale.text
    assert employee.get("/employee/", headers=PAGE).status_code == 200
    assert admin.post(f"{path}/sign-out", headers=PAGE).status_code == 303
    assert employee.get("/employee/", headers=PAGE).status_code == 302
    assert "Signed in nowhere" in admin.get(path, headers=PAGE).text
    back = client_of(app, ERIN)
    assert admin.post(f"{path}/off", data={"version": 1}, headers=PAGE).status_code == 412
    version = admin.get(path.replace("/admin/staff", "/admin/api/workers")).headers["ETag"].strip('"v')
    assert admin.post(f"{path}/off", data={"version": version}, headers=PAGE).status_code == 303
    assert back.get("/employee/", headers=PAGE).status_code == 302
    assert "Switched off" in admin.get("/admin/staff/", headers=PAGE).text
    assert admin.post(f"{path}/on", data={"version": int(version) + 1}, headers=PAGE).status_code == 303
    assert client_of(app, ERIN).get("/employee/", headers=PAGE).status_code == 200


def test_what_is_refused_is_said_in_words(app, admin):
    mine = at(app, ADMIN)
    page = admin.get(mine, headers=PAGE).text
    assert "You cannot switch off your own account" in page
    assert f"{mine}/off" not in page
    own = admin.post(f"{mine}/off", data={"version": 1}, headers=PAGE)
    assert (own.status_code, "You cannot switch off your own account" in own.text) == (409, True)
    last = admin.post(mine, data={"name": ADMIN.name, "role": "manager", "version": 1}, headers=PAGE)
    assert (last.status_code, "This is the last administrator" in last.text) == (409, True)
    mona = client_of(app, MONA)
    page = mona.get(mine, headers=PAGE).text
    assert "Only an administrator may change an administrator." in page
    assert "<select" not in page
    for act in ("", "/off", "/sign-out", "/invite"):
        above = mona.post(f"{mine}{act}", data={"name": "Mine", "version": 1}, headers=PAGE)
        assert (above.status_code, "Only an administrator" in above.text) == (403, True), act
    assert admin.get(mine, headers=PAGE).status_code == 200  # still signed in


def test_where_no_letter_can_be_sent_nothing_is_lost_and_nobody_is_hired(app, admin, monkeypatch):
    monkeypatch.setitem(app.config, "ENV_NAME", "production")
    refused = admin.post("/admin/staff/invite", data=NORA, headers=PAGE)
    assert refused.status_code == 503
    assert "FABCLEAN_PUBLIC_URL" in refused.text
    assert 'value="Nora North"' in refused.text
    assert NORA["email"] not in admin.get("/admin/staff/", headers=PAGE).text


def test_is_for_owner_and_managers(app, employee, worker, alice, client):
    path = at(app, WANDA)
    for stranger, status in ((employee, 403), (worker, 403), (alice, 302), (client, 302)):
        for page in ("/admin/staff/", "/admin/staff/invite", path):
            assert stranger.get(page, headers=PAGE).status_code == status
    for act in ("", "/off", "/on", "/sign-out", "/invite"):
        assert employee.post(f"{path}{act}", data={"name": "x", "version": 1}, headers=PAGE).status_code == 403
    assert employee.post("/admin/staff/invite", data=NORA, headers=PAGE).status_code == 403
