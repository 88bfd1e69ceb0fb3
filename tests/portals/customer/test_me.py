"""What customers keep in order about themselves, on pages."""

from tests.support.people import ALICE, PASSWORD

PAGE = {"Accept": "text/html"}
NEW = "eleven calm badgers hum"


def send(client, where, **form):
    return client.post(f"/customer/me{where}", data=form, headers=PAGE)


def test_name_and_phone(alice):
    assert send(alice, "", name="Alice Ardent", phone="555-0199").status_code == 303
    page = alice.get("/customer/me").text
    assert "Alice Ardent" in page
    assert "555-0199" in page
    assert "Your details are saved." in page


def test_a_wrong_form_keeps_what_was_typed_and_only_that_one_complains(alice):
    response = send(alice, "", name="Alice Ardent", phone="call me")
    assert response.status_code == 400
    assert 'value="call me"' in response.text
    assert response.text.count('aria-invalid="true"') == 1


def test_another_password(alice, client):
    assert "not your current password" in send(alice, "/password", currentPassword="wrong wrong wrong", password=NEW).text
    assert send(alice, "/password", currentPassword=PASSWORD, password=NEW).status_code == 303
    assert client.post("/auth/login", json={"email": ALICE.login, "password": NEW}).status_code == 200
    assert alice.get("/customer/me").status_code == 200  # this browser stays signed in


def test_guessing_the_password_has_an_end(alice):
    answers = [send(alice, "/forget", password=f"wrong number {n}").status_code for n in range(11)]
    assert answers == [400] * 10 + [429]


def test_leaving_asks_for_the_password_and_forgets(alice, client):
    assert "Alice Archer" in alice.get("/customer/me/forget").text
    assert send(alice, "/forget", password="not this one").status_code == 400
    response = send(alice, "/forget", password=PASSWORD)
    assert (response.status_code, response.location) == (303, "/")
    assert alice.get("/customer/me").status_code == 401
    assert client.post("/auth/login", json=ALICE.credentials).status_code == 401


def test_is_nobody_elses(client, employee):
    for somebody in (client, employee):
        assert somebody.get("/customer/me").status_code == 401
