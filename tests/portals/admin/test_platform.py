"""Whoever runs the installation sees and changes every business on it, and nobody else does, whoever they are elsewhere."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.extensions import db
from app.identity.models import Account
from app.platform import health_service
from app.tenancy import health_service as records
from app.tenancy import home_service, queries, tenant_service, usage_service
from tests.support import people
from tests.support.mail import letters
from tests.support.people import ADMIN, bearer_of, client_of
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}
NEW = {
    "slug": "north",
    "name": "North Cleaners",
    "plan": "basic",
    "email": "olga@north.example",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
}
NORTH = "/admin/platform/businesses/north"


@pytest.fixture
def installation(app, monkeypatch):
    monkeypatch.setattr(tenant_service, "REMEMBERED_SECONDS", 0.0)
    app.config["PUBLIC_URL"] = "https://fab.example"
    yield app
    if not app.config["DATABASE_URL"].startswith("sqlite"):
        with app.app_context():
            home_service.remove("#b_north")


@pytest.fixture
def north(installation, admin):
    made = admin.post("/admin/platform/new", data=NEW, headers=PAGE)
    assert made.status_code == 201, made.text
    return made


def status_at_north(app, path="/api/services", **headers):
    return app.test_client().get(path, base_url="https://north.fab.example", headers=headers).status_code


def test_a_business_from_the_page_is_served_suspended_changed_and_opened_again(installation, north, admin):
    assert "auth/invite?token=" in north.text
    (letter,) = letters(installation, "olga@north.example")
    assert "https://north.fab.example/auth/invite" in letter.get_body().get_content()
    assert status_at_north(installation) == 200
    shown = admin.get(NORTH, headers=PAGE).text
    assert "north.fab.example" in shown
    for action, status in (("suspend", 403), ("resume", 200)):
        assert admin.post(f"{NORTH}/{action}", headers=PAGE).status_code == 303
        assert status_at_north(installation) == status
    assert admin.post(f"{NORTH}/resume", headers=PAGE).status_code == 409
    own = admin.post(f"{NORTH}/hosts", data={"host": "cleaners.example"}, headers=PAGE)
    assert (own.status_code, "is not in the plan" in own.text, "cleaners.example" in own.text) == (403, True, True)
    assert admin.post(NORTH, data={"plan": "pro", "name": "North & Sons", "language": "hi"}, headers=PAGE).status_code == 303
    assert admin.post(f"{NORTH}/hosts", data={"host": "Cleaners.example"}, headers=PAGE).status_code == 303
    one = admin.get("/admin/api/platform/businesses/north").json
    assert (one["plan"], one["name"], one["hosts"]) == ("pro", "North & Sons", ["cleaners.example", "north.fab.example"])
    assert one["publicUrl"] == "https://cleaners.example"
    assert admin.post(f"{NORTH}/hosts/drop", data={"host": "cleaners.example"}, headers=PAGE).status_code == 303
    assert admin.get("/admin/api/platform/businesses/north").json["publicUrl"] == "https://north.fab.example"
    assert admin.post(f"{NORTH}/hosts/drop", data={"host": "cleaners.example"}, headers=PAGE).status_code == 404
    audit = admin.get("/admin/audit/?subject=tenant:north", headers=PAGE).text
    for deed in ("Business set up", "Business suspended", "Business opened again", "Business changed", "Host taken away"):
        assert deed in audit
    assert audit.count("Business suspended") == 1  # and what was refused is not in it


def test_a_form_that_does_not_do_keeps_what_was_typed(installation, admin):
    for wrong, sentence in (
        ({"slug": "North"}, "lower-case letters"),
        ({"slug": "main"}, "short name already"),
        ({"timezone": "Mars/Olympus"}, "time zone"),
        ({"host": "fab.example", "plan": "pro"}, "another business"),
        ({"host": "cleaners.example"}, "is not in the plan"),
    ):
        answer = admin.post("/admin/platform/new", data=NEW | wrong, headers=PAGE)
        assert answer.status_code in (400, 403, 409), wrong
        assert sentence in answer.text
        assert 'value="olga@north.example"' in answer.text
    assert admin.post("/admin/platform/businesses/main/suspend", headers=PAGE).status_code == 409
    assert [one["slug"] for one in admin.get("/admin/api/platform/businesses").json] == ["main"]


def test_an_administrator_of_another_business_runs_nothing_but_that(installation, north, admin):
    """At their own host, at the first business's, with its name in the header, with a session of the same name: nothing opens."""
    with inside(installation, "north"):
        people.move_in()
        people.account_service.create_staff(ADMIN.login, "Administrator", ADMIN.role, None, by=people.Principal.command_line("tests"))
    theirs = bearer_of(installation, ADMIN, business="north")
    client = installation.test_client()
    for path in ("/admin/platform/", "/admin/platform/plans", "/admin/platform/status", NORTH, "/admin/api/platform/businesses"):
        assert client.get(path, base_url="https://north.fab.example", headers=theirs).status_code == 403
        assert client.get(path, headers=theirs).status_code == 401
        assert client.get(path, headers={**theirs, "X-Tenant-Slug": "north"}).status_code == 403
        assert client.get(path, headers={**theirs, "X-Tenant-Slug": "main"}).status_code == 401
    assert client.get("/admin/api/orders", base_url="https://north.fab.example", headers=theirs).status_code == 200
    assert "Installation" not in client.get("/admin/", base_url="https://north.fab.example", headers=theirs | PAGE).text
    mine = client_of(installation, ADMIN)
    assert "Installation" in mine.get("/admin/", headers=PAGE).text
    assert mine.get("/admin/platform/", base_url="https://north.fab.example").status_code == 401
    for deed in ("suspend", "resume"):
        path = f"/admin/api/platform/businesses/main/{deed}"
        assert client.post(path, base_url="https://north.fab.example", headers=theirs).status_code == 403


def test_the_operator_has_no_account_at_the_business_they_set_up(installation, north):
    """Their account's number is somebody else's there, so the audit of that business names them without it."""
    with inside(installation, "north"):
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert entries
        assert {(entry.account_id, entry.actor) for entry in entries[1:]} == {
            (None, "operator (Administrator)")
        }  # the first is the chain's own
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_the_list_asks_the_register_alone_and_as_often_for_many_as_for_few(installation, admin, statements, tmp_path):
    with installation.app_context():
        for count in range(3):
            _register(f"b{count}", tmp_path)

    def asked():
        admin.get("/admin/platform/", headers=PAGE)
        statements.clear()
        answer = admin.get("/admin/platform/", headers=PAGE)
        assert answer.status_code == 200
        return len(statements), answer.text

    few, _ = asked()
    with installation.app_context():
        for count in range(3, 120):
            _register(f"b{count}", tmp_path)
        usage_service.record(
            "b7", clock.now().date(), {"staff": 3, "customers": 40, "orders": 5, "stores": 1, "storage_bytes": 0}, plan="free"
        )
    many, text = asked()
    assert many == few
    assert re.search(r'href="\?*[^"]*cursor=', text)
    for query, found in (
        ("q=b119", ["b119"]),
        ("q=B11", ["b11", *(f"b{count}" for count in range(110, 120))]),
        ("q=host-of-b3.", ["b3"]),
        ("status=suspended", []),
        ("q=100%25", []),
    ):
        listed = admin.get(f"/admin/api/platform/businesses?{query}").json
        assert [one["slug"] for one in listed] == found, query
    b7 = admin.get("/admin/api/platform/businesses/b7").json["usage"]
    assert (b7["staff"], b7["ordersThisMonth"]) == ({"used": 3, "allowed": 3}, {"used": 5, "allowed": 100})
    assert "Full" in admin.get("/admin/platform/businesses/b7", headers=PAGE).text


def _register(slug, folder):
    """Somewhere that nobody can reach: whoever opened it would notice."""
    host = (f"host-of-{slug}.example",)
    nowhere = f"sqlite:///{folder}/nowhere/{slug}.db"
    tenant_service.register(slug, slug.title(), currency="EUR", timezone="UTC", plan="free", database_url=nowhere, hosts=host)


def test_health_is_looked_at_every_hour_by_one_and_a_broken_one_is_only_said_to_be(installation, north, admin, tmp_path, monkeypatch):
    with installation.app_context():
        _register("lost", tmp_path)
        health_service.look_at_all()
        well, lost = queries.get("north")["health"], queries.get("lost")["health"]
        assert (well["failure"], well["revision"]) == (None, health_service.newest_revision())
        assert lost["failure"] == "BadHome: Its file is missing."
        looked = []
        monkeypatch.setattr(health_service, "look_at", looked.append)
        health_service.look_at_all()
        assert looked == []
        later = clock.now() + timedelta(hours=1, seconds=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        health_service.look_at_all()
        assert sorted(looked) == ["lost", "main", "north"]
        installation.test_cli_runner().invoke(args=["jobs", "run", "record-usage"])
        assert not (tmp_path / "nowhere").exists()  # and nobody makes an empty file of it
    page = admin.get("/admin/platform/", headers=PAGE)
    assert (page.status_code, page.text.count("Unreachable")) == (200, 1)
    assert "Its file is missing" in admin.get("/admin/platform/businesses/lost", headers=PAGE).text


def test_of_many_processes_that_want_to_look_one_does(installation):
    """Also when there is no row yet."""

    def claims():
        due = clock.now() - timedelta(hours=1)

        def claim(_):
            with installation.app_context():
                return records.claim("main", due)

        with ThreadPoolExecutor(8) as pool:
            return sum(pool.map(claim, range(16)))

    assert claims() == 1
    assert claims() == 0
