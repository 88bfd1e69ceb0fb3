"""The four sign-in doors: forms for browsers, JSON for programs, and nothing for whoever is not meant."""

import pytest

from tests.support.people import ADMIN, ALICE, ERIN, MONA, WANDA

DOORS = [
    ("/admin/login", "username", ADMIN),
    ("/employee/login", "email", ERIN),
    ("/worker/login", "email", WANDA),
    ("/customer/login", "email", ALICE),
]


@pytest.mark.parametrize(("door", "field", "person"), DOORS)
def test_a_form_leads_into_the_portal(client, door, field, person):
    response = client.post(door, data={field: person.login, "password": person.password}, headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["Location"]) == (303, door.removesuffix("login"))
    assert client.get(door.removesuffix("login")).status_code == 200


@pytest.mark.parametrize(("door", "field", "person"), DOORS)
def test_a_wrong_form_keeps_what_was_typed(client, door, field, person):
    response = client.post(door, data={field: person.login, "password": "wrong"}, headers={"Accept": "text/html"})
    assert response.status_code == 401
    assert person.login in response.text
    assert client.get(door.removesuffix("login"), headers={"Accept": "text/html"}).status_code == 302


def test_the_admins_json_answer(client):
    response = client.post("/admin/login", json={"username": ADMIN.login, "password": ADMIN.password})
    assert (response.status_code, response.json) == (200, {"message": "Admin login successful"})
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    wrong = client.post("/admin/login", json={"username": ADMIN.login, "password": "wrong"})
    assert (wrong.status_code, wrong.json["error"]) == (401, "Invalid credentials")


@pytest.mark.parametrize(("door", "person"), [("/employee/login", ERIN), ("/worker/login", WANDA)])
def test_staff_get_a_token_too(client, door, person):
    response = client.post(door, json=person.credentials)
    assert response.json["worker"].items() >= {"name": person.name, "email": person.login, "role": str(person.role)}.items()
    path = door.removesuffix("login")
    fresh = client.application.test_client()
    assert fresh.get(path, headers={"Authorization": f"Bearer {response.json['token']}"}).status_code == 200


@pytest.mark.parametrize(
    ("door", "person"),
    [("/admin/login", ERIN), ("/admin/login", ALICE), ("/employee/login", WANDA), ("/employee/login", ALICE), ("/customer/login", ERIN),
     ("/worker/login", ERIN)],
)  # fmt: skip
def test_a_door_is_not_for_everybody(client, door, person):
    field = "username" if door.startswith("/admin") else "email"
    response = client.post(door, json={field: person.login, "password": person.password})
    assert (response.status_code, response.json["error"]) == (401, "Invalid credentials")


def test_a_manager_enters_the_admin_portal(client):
    assert client.post("/admin/login", json={"username": MONA.login, "password": MONA.password}).status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "http:/evil"]
)
def test_never_leads_to_another_site(client, target):
    response = client.post("/admin/login", query_string={"next": target}, data={"username": ADMIN.login, "password": ADMIN.password})
    assert response.headers["Location"] == "/admin/"


def test_leads_back_to_the_page_before(client):
    response = client.post(
        "/admin/login", query_string={"next": "/admin/orders/?status=Ready"}, data={"username": ADMIN.login, "password": ADMIN.password}
    )
    assert response.headers["Location"] == "/admin/orders/?status=Ready"


def test_a_copied_cookie_is_worthless_after_signing_out(app, client):
    client.post("/admin/login", json={"username": ADMIN.login, "password": ADMIN.password})
    copy = client.get_cookie("session").value
    assert client.post("/admin/logout").json == {"message": "Signed out"}
    thief = app.test_client()
    thief.set_cookie("session", copy)
    assert thief.get("/admin/api/orders").status_code == 401


def test_signing_in_makes_a_new_session(client):
    credentials = {"username": ADMIN.login, "password": ADMIN.password}
    client.post("/admin/login", json=credentials)
    first = client.get_cookie("session").value
    client.post("/admin/login", json=credentials)
    assert client.get_cookie("session").value != first
    thief = client.application.test_client()
    thief.set_cookie("session", first)
    assert thief.get("/admin/api/orders").status_code == 401
