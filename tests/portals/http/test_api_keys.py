"""A program with a key of its own: opens what its scopes say, under its own name, until it is revoked; and nothing for whoever guesses."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.audit.models import AuditEntry
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import key_service
from app.identity.errors import ScopeAboveRole, UnknownScope
from app.identity.models import Account, ApiKey
from app.identity.permissions import Role
from app.identity.principal import Principal
from tests.support.orders import ORDER
from tests.support.people import ADMIN, ERIN, MONA, bearer_of, client_of
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}
BY = Principal.command_line("tests")


def key_of(app, *scopes, role=Role.MANAGER, name="Web shop"):
    with inside(app):
        return {"X-Api-Key": key_service.make(name, scopes, role=role, days=30, by=BY)[1]}


def made_on_the_page(browser, **areas):
    form = {"name": "Web shop", "days": "90", **{f"areas.{area}": level for area, level in areas.items()}}
    answer = browser.post("/admin/keys/new", data=form, headers=PAGE)
    assert answer.status_code == 201, answer.text
    return {"X-Api-Key": re.search(r'value="(fc_main_[^"]+)"', answer.text).group(1)}


def stored(app):
    with inside(app):
        return " ".join(str(row) for table in ("api_key", "audit_entry") for row in db.session.execute(text(f"SELECT * FROM {table}")))


def test_is_made_shown_once_used_and_revoked(app, admin, client):
    refused = admin.post("/admin/keys/new", data={"name": "Web shop", "days": "7", "areas.order": "read"}, headers=PAGE)
    assert (refused.status_code, 'value="Web shop"' in refused.text, 'value="read" selected' in refused.text) == (400, True, True)
    key = made_on_the_page(admin, order="read", service="change")
    secret = key["X-Api-Key"].split("_", 3)[3]
    assert secret not in stored(app)
    listed = admin.get("/admin/keys/", headers=PAGE).text
    assert secret not in listed
    assert "Never used" in listed

    assert client.get("/admin/api/orders", headers=key).status_code == 200
    assert client.put("/admin/api/services/s1", json={"price": 250}, headers=key).status_code == 200
    assert "Never used" not in admin.get("/admin/keys/", headers=PAGE).text
    with inside(app):
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (last.action, last.actor, last.account_id) == ("service.updated", "API key Web shop", None)

    revoke = re.search(r'href="(/admin/keys/\d+/revoke)"', listed).group(1)
    assert "Revoke the key" in admin.get(revoke, headers=PAGE).text
    assert admin.post(revoke, headers=PAGE).location == "/admin/keys/"
    assert client.get("/admin/api/orders", headers=key).json["code"] == "key_refused"
    assert admin.post(revoke, headers=PAGE).status_code == 404


def test_opens_what_its_scopes_say_and_no_page_and_no_other_way_in(app, client):
    key = key_of(app, "order:read")
    assert [client.get(path, headers=key).status_code for path in ("/api/orders", "/admin/api/orders", "/api/services")] == [200] * 3
    for method, path in (
        ("put", "/admin/api/services/s1"), ("get", "/admin/api/customers"), ("post", "/api/orders"), ("get", "/admin/orders/"),
        ("get", "/admin/"), ("get", "/admin/account"), ("put", "/api/me/password"), ("post", "/auth/logout"), ("post", "/admin/login"),
        ("post", "/admin/keys/new"), ("post", "/admin/api/workers"),
    ):  # fmt: skip
        assert getattr(client, method)(path, headers=key, json={}).status_code == 403, path
    # A counter's key is no office's key, whatever both may read.
    counter = key_of(app, "order:read", role=Role.EMPLOYEE)
    assert [client.get(f"/{portal}/api/orders", headers=counter).status_code for portal in ("employee", "admin")] == [200, 403]
    with inside(app), pytest.raises(UnknownScope):
        key_service.make("x", ["everything"], role=Role.ADMIN, days=1, by=BY)
    with inside(app), pytest.raises(ScopeAboveRole):
        key_service.make("x", ["audit:read"], role=Role.EMPLOYEE, days=1, by=BY)


def test_whatever_is_not_the_key_is_refused_as_a_bad_token_is(app, client):
    good = key_of(app, "order")["X-Api-Key"]
    other = key_of(app, "order")["X-Api-Key"]
    head, secret = good[:-44], good[-43:]
    crossed = f"{head}_{other[-43:]}"
    for bad in (
        "",
        "x",
        "fc_main",
        crossed,
        good[:-1],
        good + "A",
        good.replace("fc_main", "fc_north"),
        good.upper(),
        f"{head}_{secret[::-1]}",
    ):
        for path in ("/admin/api/orders", "/api/services"):
            answer = client.get(path, headers={"X-Api-Key": bad})
            assert (answer.status_code, answer.json["code"]) == (401, "key_refused"), bad
    # A good token or cookie beside it does not help a bad key.
    assert client.get("/admin/api/orders", headers={"X-Api-Key": crossed, **bearer_of(app, ADMIN)}).status_code == 401
    with inside(app), unit_of_work() as session:
        session.execute(update(ApiKey).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert client.get("/admin/api/orders", headers={"X-Api-Key": good}).status_code == 401


def test_ends_with_whoever_made_it_and_is_never_more_than_they_are(app, client):
    key = made_on_the_page(client_of(app, MONA), order="read", staff="read", health="read")
    assert client.get("/admin/api/workers", headers=key).status_code == 200

    def becomes(**values):
        with inside(app), unit_of_work() as session:
            session.execute(update(Account).where(Account.login == MONA.login).values(**values))

    assert client.get("/health/", headers=key).json.keys() > client.get("/health/").json.keys()
    becomes(role="employee")
    assert client.get("/health/", headers=key).json.keys() == client.get("/health/").json.keys()
    assert client.get("/admin/api/workers", headers=key).status_code == 403
    assert client.get("/employee/api/orders", headers=key).status_code == 200
    becomes(disabled_at=clock.now())
    assert client.get("/employee/api/orders", headers=key).status_code == 401
    assert "Its owner is switched off" in client_of(app, ADMIN).get("/admin/keys/", headers=PAGE).text


def test_a_manager_ends_no_administrators_key_and_the_counter_sees_none(app, admin, employee, client):
    made_on_the_page(admin, order="read")
    mona = client_of(app, MONA)
    revoke = re.search(r'href="(/admin/keys/\d+/revoke)"', mona.get("/admin/keys/", headers=PAGE).text).group(1)
    above = mona.post(revoke, headers=PAGE)
    assert (above.status_code, "Only an administrator" in above.text) == (403, True)
    for stranger, status in ((employee, 403), (client, 302)):
        assert [stranger.get(path, headers=PAGE).status_code for path in ("/admin/keys/", "/admin/keys/new", revoke)] == [status] * 3


def test_is_nobodys_cookie_and_a_sender_of_its_own(app, client):
    key, other = key_of(app, "order"), key_of(app, "order", name="Till")
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://app.example"}
    once = {"Idempotency-Key": "the-same-for-both"}
    first, again, another = (client.post("/api/orders", json=ORDER, headers={**one, **once, **elsewhere}) for one in (key, key, other))
    assert (first.status_code, again.headers["Idempotency-Replayed"], another.status_code) == (201, "true", 201)
    assert first.json["order"]["id"] == again.json["order"]["id"] != another.json["order"]["id"]
    # Whoever shows a key can be told apart, so the network's limit for strangers is not theirs.
    assert {client.post("/api/orders", json={}, headers=key).status_code for _ in range(61)} == {400}
    assert [client.post("/api/orders", json={}).status_code for _ in range(61)][-1] == 429


def test_its_use_is_noted_once_a_minute(app, client):
    key = key_of(app, "order")

    def last_used():
        with inside(app):
            return db.session.scalars(select(ApiKey.last_used_at)).one()

    client.get("/api/orders", headers=key)
    first = last_used()
    client.get("/api/orders", headers=key)
    assert last_used() == first
    with inside(app), unit_of_work() as session:
        session.execute(update(ApiKey).values(last_used_at=clock.now() - timedelta(seconds=61)))
    client.get("/api/orders", headers=key)
    assert last_used() > first


def test_a_dismissed_programs_key_is_refused_by_every_process_at_once(app, live_server):
    def flask(*args):
        result = app.test_cli_runner().invoke(args=["api-key", *args])
        assert result.exit_code == 0, result.output
        return result.stdout

    key = flask("create", "--name", "Till", "--role", "employee", "--scopes", "order, label:read", "--days", "2").strip()
    assert "Till: label:read, order" in flask("list")
    with live_server.client() as program:
        program.headers["X-Api-Key"] = key
        assert {program.get("/employee/api/orders").status_code for _ in range(8)} == {200}
        flask("revoke", key.split("_")[2])
        assert {program.get("/employee/api/orders", headers={"Connection": "close"}).status_code for _ in range(12)} == {401}
    for bad in (["create", "--name", "x", "--scopes", "all"], ["create", "--name", "x", "--days", "0"], ["revoke", "0" * 12]):
        assert app.test_cli_runner().invoke(args=["api-key", *bad]).exit_code != 0


def test_erin_is_not_asked_for_it(app, employee):
    assert employee.get("/employee/api/orders").status_code == 200
    assert client_of(app, ERIN).get("/employee/api/orders", headers={"X-Api-Key": "x"}).status_code == 401
