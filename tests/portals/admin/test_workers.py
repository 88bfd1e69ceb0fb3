"""Who works here: taken on, changed, and out at once when dismissed."""

import threading

import pytest
from sqlalchemy import func, select, update

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import account_service
from app.identity.models import Account, OneTimeLink, SignInSession
from app.identity.permissions import Role
from app.identity.principal import Principal
from tests.support.mail import letters, token_in
from tests.support.people import ADMIN, ERIN, MONA, WANDA, account_id_of, bearer_of, client_of
from tests.support.shop import inside

WORKERS = "/admin/api/workers"
NORA = {"name": "Nora North", "email": "nora@shop.example", "role": "employee"}
PASSWORD = "thirteen odd parrots argue"


@pytest.fixture
def mona(app):
    return client_of(app, MONA)


def at(app, person):
    return f"{WORKERS}/{account_id_of(app, person)}"


def sign_in(client, email, password):
    return client.post("/employee/login", json={"email": email, "password": password}).status_code


def test_lists_everybody_a_page_at_a_time(admin):
    first = admin.get(WORKERS, query_string={"limit": 2})
    assert [person["email"] for person in first.json] == [ADMIN.login, ERIN.login]
    assert 'rel="next"' in first.headers["Link"]
    rest = admin.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert [person["email"] for person in rest.json] == [WANDA.login, MONA.login]
    assert set(rest.json[0]) == {"id", "name", "email", "role", "customRoleId", "disabled", "createdAt"}


def test_hires_with_a_password(app, admin, client):
    response = admin.post(WORKERS, json={**NORA, "password": PASSWORD})
    assert response.status_code == 201
    assert response.json.items() >= {**NORA, "disabled": False}.items()
    assert admin.get(response.headers["Location"]).json == response.json
    assert sign_in(client, NORA["email"], PASSWORD) == 200
    assert letters(app) == []


def test_hires_by_invitation(app, admin, client):
    assert admin.post(WORKERS, json=NORA).status_code == 201
    (letter,) = letters(app, NORA["email"])
    assert sign_in(client, NORA["email"], PASSWORD) == 401
    body = {"token": token_in(letter), "password": PASSWORD}
    assert client.post("/auth/invite", json={**body, "password": "plum ink vow 4"}).json["code"] == "weak_password"
    assert client.post("/auth/invite", json=body).status_code == 200
    assert sign_in(client, NORA["email"], PASSWORD) == 200
    assert client.post("/auth/invite", json=body).json["code"] == "link_refused"


def test_a_taken_email_is_refused_in_any_case(admin):
    for email in (ERIN.login, "ERIN@shop.example"):
        response = admin.post(WORKERS, json={**NORA, "email": email})
        assert (response.status_code, response.json["error"]) == (400, "Email exists")
    assert admin.post(WORKERS, json=NORA).status_code == 201
    assert admin.put(f"{WORKERS}/{admin.get(WORKERS).json[-1]['id']}", json={"email": ERIN.login}).json["code"] == "email_taken"


@pytest.mark.parametrize("change", [{"role": "admin"}, {"role": "customer"}, {"role": None}, {"email": "x"}, {"password": "short"},
                                    {"password": "plum ink vow 4"}, {"name": ""}, {"auth_version": 9}, {"disabled": "yes"}])  # fmt: skip
def test_refuses_what_is_not_a_hire(app, admin, change):
    assert admin.post(WORKERS, json={**NORA, **change}).status_code == 400
    if "auth_version" not in change:
        assert admin.put(at(app, ERIN), json=change).status_code == 400


def test_each_role_at_the_doors(app, client, alice, worker, employee, mona, admin):
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403), (mona, 200), (admin, 200)):
        assert somebody.get(WORKERS).status_code == status
        assert somebody.get(at(app, WANDA)).status_code == status
        assert somebody.put(at(app, WANDA), json={"name": "Wanda W."}).status_code == status
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403), (mona, 201)):
        assert somebody.post(WORKERS, json={**NORA, "password": PASSWORD}).status_code == status
        assert somebody.delete(at(app, WANDA)).status_code == (status if status != 201 else 200)


def test_a_manager_cannot_change_an_administrator(app, mona, admin):
    for call in (mona.delete, lambda url: mona.put(url, json={"name": "Mallory"}), lambda url: mona.put(url, json={"password": PASSWORD})):
        response = call(at(app, ADMIN))
        assert (response.status_code, response.json["code"]) == (403, "above_you")
    assert admin.get(at(app, ADMIN)).json["name"] == "Administrator"


def test_a_customer_is_nobody_here(app, admin):
    with inside(app):
        customer_account = db.session.scalars(select(Account.id).where(Account.realm == "customer")).first()
    for number in (customer_account, 999_999, 2**63 - 1, 2**70):
        for call in (admin.get, admin.delete, lambda url: admin.put(url, json={"name": "X"})):
            assert call(f"{WORKERS}/{number}").status_code == 404


def test_nobody_switches_themselves_off(app, mona, admin):
    for somebody, person in ((mona, MONA), (admin, ADMIN)):
        for response in (somebody.delete(at(app, person)), somebody.put(at(app, person), json={"disabled": True})):
            assert (response.status_code, response.json["code"]) == (409, "not_yourself")
        assert somebody.get(at(app, person)).status_code == 200


def second_administrator(app):
    with inside(app):
        return account_service.create_staff("ada@shop.example", "Ada", Role.ADMIN, None, by=Principal.command_line("tests")).id


def test_the_last_administrator_stays(app, admin):
    response = admin.put(at(app, ADMIN), json={"role": "manager"})
    assert (response.status_code, response.json["code"]) == (409, "last_administrator")
    other = second_administrator(app)
    assert admin.delete(f"{WORKERS}/{other}").status_code == 200
    assert admin.put(at(app, ADMIN), json={"role": "manager"}).json["code"] == "last_administrator"


def test_two_administrators_cannot_switch_each_other_off(app):
    """At the same moment: each sees the other at work, and only the lock on their rows tells the second."""
    other, first = second_administrator(app), account_id_of(app, ADMIN)
    statuses, begin = [], threading.Barrier(2)

    def dismiss(who, whom):
        from app.core.errors import DomainError
        from app.identity import staff_service

        by = Principal(Role.ADMIN, "tests", "tests", account_id=who)
        with inside(app):
            begin.wait()
            try:
                staff_service.dismiss(whom, expected=None, by=by)
                statuses.append("done")
            except DomainError as error:
                statuses.append(error.code)

    for _ in range(5):
        statuses.clear()
        threads = [threading.Thread(target=dismiss, args=pair) for pair in ((first, other), (other, first))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == ["done", "last_administrator"]
        with inside(app), unit_of_work() as session:
            session.execute(update(Account).where(Account.role == Role.ADMIN).values(disabled_at=None))


def credentials_of(app, client, person):
    """Everything this person can hold: a browser's cookie, an access token, a refresh token. Each says whether it still works."""
    browser, bearer = client_of(app, person), bearer_of(app, person)
    refresh = client.post("/employee/login", json=person.credentials).json["refreshToken"]
    return {
        "cookie": lambda: browser.get("/employee/api/orders").status_code,
        "access token": lambda: client.get("/employee/api/orders", headers=bearer).status_code,
        "refresh token": lambda: client.post("/auth/refresh", json={"refreshToken": refresh}).status_code,
        "password": lambda: client.post("/employee/login", json=person.credentials).status_code,
    }


@pytest.mark.parametrize("how", ["dismissed", "switched off", "another role", "another password"])
def test_whatever_they_hold_is_worthless_at_once(app, client, admin, how):
    held = credentials_of(app, client, ERIN)
    assert {name: works() for name, works in held.items() if name != "refresh token"} == dict.fromkeys(
        ("cookie", "access token", "password"), 200
    )
    change = {"switched off": {"disabled": True}, "another role": {"role": "manager"}, "another password": {"password": PASSWORD}}
    if how == "dismissed":
        assert admin.delete(at(app, ERIN)).json["disabled"] is True
    else:
        assert admin.put(at(app, ERIN), json=change[how]).status_code == 200
    refused = {name: works() for name, works in held.items()}
    assert refused == {**dict.fromkeys(held, 401), "password": 200 if how == "another role" else 401}
    with inside(app):
        if how != "another role":
            mine = select(func.count()).where(SignInSession.account_id == account_id_of(app, ERIN))
            assert db.session.scalar(mine) == 0


def test_the_version_alone_would_do(app, admin, client):
    """Were a session's row written a moment after the dismissal deleted the others, it would still be refused."""
    held = credentials_of(app, client, ERIN)
    with inside(app), unit_of_work() as session:
        session.execute(update(Account).where(Account.login == ERIN.login).values(auth_version=Account.auth_version + 1))
    assert {held[name]() for name in ("cookie", "access token", "refresh token")} == {401}


def test_coming_back_does_not_revive_what_they_held(app, client, admin):
    held = credentials_of(app, client, ERIN)
    admin.delete(at(app, ERIN))
    assert admin.put(at(app, ERIN), json={"disabled": False}).json["disabled"] is False
    assert {name: works() for name, works in held.items()} == {**dict.fromkeys(held, 401), "password": 200}


def test_a_change_of_name_or_email_signs_nobody_out_but_ends_links(app, client, admin):
    held = credentials_of(app, client, ERIN)
    client.post("/auth/forgot", json={"email": ERIN.login})
    token = token_in(letters(app)[0])
    assert admin.put(at(app, ERIN), json={"email": "Erin@new.example", "name": "E. Ellis"}).json["email"] == "erin@new.example"
    assert held["cookie"]() == 200
    assert client.post("/auth/reset", json={"token": token, "password": PASSWORD}).json["code"] == "link_refused"
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(OneTimeLink)) == 0


def test_if_match_guards_against_a_lost_update(app, admin):
    seen = admin.get(at(app, ERIN)).headers["ETag"]
    assert admin.put(at(app, ERIN), json={"role": "manager"}, headers={"If-Match": seen}).status_code == 200
    late = admin.put(at(app, ERIN), json={"name": "E."}, headers={"If-Match": seen})
    assert (late.status_code, late.json["code"]) == (412, "stale_version")
    assert admin.delete(at(app, ERIN), headers={"If-Match": seen}).status_code == 412


def test_ones_own_password_needs_the_current_one(app, mona):
    assert mona.put(at(app, MONA), json={"password": PASSWORD}).json["code"] == "wrong_password"
