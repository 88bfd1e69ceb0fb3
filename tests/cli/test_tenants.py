"""An operator's day with several businesses, from the command line, in every kind of home."""

import os
import re
import subprocess
import sys
from unittest.mock import ANY

import pytest
from sqlalchemy import func, select

from app.audit import chain_service
from app.audit import queries as audit
from app.catalogue.models import Service
from app.extensions import db
from app.identity import account_service
from app.identity.models import Account
from app.places.models import Store
from app.tenancy import home_service, lifecycle_service, tenant_service, usage_service
from tests.support.databases import path_of
from tests.support.mail import letters, link_in
from tests.support.processes import ROOT, environment
from tests.support.shop import application, inside, settings

KINDS = {"file": "sqlite", "schema": "postgresql", "database": "postgresql"}
GOOD = "eleven calm badgers"
PAGE = {"Accept": "text/html"}


@pytest.fixture(params=[kind if home == "sqlite" else pytest.param(kind, marks=pytest.mark.postgresql) for kind, home in KINDS.items()])
def kind(request):
    return request.param


@pytest.fixture
def operated(kind, request, tmp_path, monkeypatch):
    """An installation at fab.example, and a database that is its own."""
    monkeypatch.setattr(tenant_service, "REMEMBERED_SECONDS", 0.0)
    databases = request.getfixturevalue(f"{KINDS[kind]}_databases")
    if kind != "file":
        monkeypatch.setenv("PATH", f"{databases.server._programs}:{os.environ['PATH']}")
    url = databases.filled()
    with application(url, tmp_path, FABCLEAN_PUBLIC_URL="https://fab.example:8443") as app:
        yield app
        run(app, "migrate-all")  # whatever a test did, the installation is in order afterwards
        with app.app_context():
            for one in lifecycle_service.everybody():
                if one.slug != "main" and kind == "database":
                    home_service.remove(home_service.name_for(one.slug, home_service.Kind.DATABASE, tmp_path))
    databases.drop(url)


def run(app, *words, fails=False):
    result = app.test_cli_runner().invoke(args=["tenants", *words])
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def provision(app, kind, slug="north", *more, fails=False, plan="pro"):
    said = ("--name", f"{slug.title()} Cleaners", "--plan", plan, "--admin-email", "olga@north.example", "--home", kind)
    return run(app, "provision", slug, *said, *more, fails=fails)


def get(app, host, path="/api/services", **headers):
    return app.test_client().get(path, base_url=f"https://{host}", headers=headers)


def hosts(app):
    return {line.split()[0]: line.split()[1:] for line in run(app, "list").splitlines()}


def test_a_business_from_its_first_day_to_its_last(operated, kind, tmp_path, monkeypatch):
    app = operated
    more = ("--currency", "JPY", "--timezone", "Asia/Tokyo", "--language", "hi", "--host", "north.example", "--host", "n.fab.example")
    output = provision(app, kind, "north", *more)
    (letter,) = letters(app, "olga@north.example")
    assert link_in(letter) in output
    assert link_in(letter).startswith("https://north.example:8443/auth/invite?token=")
    token = link_in(letter).partition("token=")[2]
    client = app.test_client()
    accepted = client.post("/auth/invite", base_url="https://north.example", json={"token": token, "password": GOOD})
    assert accepted.status_code == 200
    signed = client.post("/admin/login", base_url="https://north.example", json={"username": "olga@north.example", "password": GOOD})
    assert signed.status_code == 200
    assert get(app, "n.fab.example").json[0]["currency"] == "JPY"
    assert 'lang="hi"' in get(app, "north.example", "/", Accept="text/html").text
    assert 'lang="en"' in get(app, "north.example", "/", Accept="text/html", **{"Accept-Language": "en"}).text
    assert hosts(app)["north"][:2] == ["open", "pro"]

    run(app, "suspend", "north")
    for answer in (get(app, "north.example"), client.get("/admin/", base_url="https://north.example", headers=PAGE)):
        assert (answer.status_code, "Retry-After" in answer.headers) == (403, False)
    assert get(app, "fab.example").status_code == 200
    run(app, "resume", "north")
    assert client.get("/admin/", base_url="https://north.example", headers=PAGE).status_code == 200
    run(app, "change", "north", "--plan", "enterprise", "--host", "also.example")
    with inside(app, "north"):
        newest = audit.newest(action="tenant").rows
        assert chain_service.verify().wrong is None
    assert [entry["action"].partition(".")[2] for entry in newest] == ["changed", "resumed", "suspended", "provisioned"]
    assert (newest[0]["before"], newest[0]["after"]["hosts"]) == ({"plan": "pro", "public_url": ANY}, ["also.example"])
    assert "north: as written" in app.test_cli_runner().invoke(args=["audit", "verify"]).output

    code = re.search(r"--confirm (\w+)", run(app, "delete", "north"))[1]
    assert get(app, "north.example").status_code == 403
    assert "Nothing was deleted" in run(app, "delete", "north", "--confirm", "00000000", fails=True)
    run(app, "resume", "north")
    assert "Nothing was deleted" in run(app, "delete", "north", "--confirm", code, fails=True)
    assert get(app, "north.example").status_code == 200
    code = re.search(r"--confirm (\w+)", run(app, "delete", "north"))[1]
    with monkeypatch.context() as patch:  # killed in the middle: from there it can only go on
        patch.setattr(lifecycle_service, "strike_off", lambda _: 1 / 0)
        run(app, "delete", "north", "--confirm", code, fails=True)
    assert "deleted already" in run(app, "resume", "north", fails=True)
    run(app, "delete", "north", "--confirm", code)
    assert "north" not in hosts(app)
    assert get(app, "north.example").json[0]["currency"] == "INR"  # nobody's host is the first business's
    assert not list(tmp_path.glob("tenants/north*"))
    assert "closed and" not in provision(app, kind)  # the name and the host are free again


def test_takes_up_what_a_crash_left_and_serves_nobody_before(operated, kind, monkeypatch):
    """Killed before each step in turn, the same command again goes on where it was."""
    app = operated
    steps = [(home_service, "make"), (home_service, "migrate"), (account_service, "create_staff"), (lifecycle_service, "open_up")]
    for module, name in steps:

        def crash(*_, **__):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(module, name, crash)
            result = app.test_cli_runner().invoke(args=["tenants", *PROVISION, "--home", kind])
            assert result.exit_code != 0, name
        answer = get(app, "north.fab.example")
        assert (answer.status_code, answer.json["code"]) == (503, "tenant_being_made"), name
        assert hosts(app)["north"][0] == "making"
    output = provision(app, kind)
    assert "https://north.fab.example:8443/auth/invite?token=" in output
    again = provision(app, kind)  # and when it is whole, only the invitation is made anew
    with inside(app, "north"):
        assert [db.session.scalar(select(func.count()).select_from(model)) for model in (Store, Service, Account)] == [1, 3, 1]
    assert output != again


PROVISION = ("provision", "north", "--name", "North Cleaners", "--plan", "pro", "--admin-email", "olga@north.example")


def test_refuses_what_would_collide(app, monkeypatch):
    app.config["PUBLIC_URL"] = "https://fab.example"
    kind = "file" if app.config["DATABASE_URL"].startswith("sqlite") else "schema"
    provision(app, kind, "north", "--host", "north.example")
    for slug, more, sentence in (
        ("main", (), "short name already"),
        ("North", (), "lower-case letters"),
        ("a_b", (), "lower-case letters"),
        ("south", ("--host", "NORTH.example."), "another business"),
        ("south", ("--host", "fab.example"), "another business"),
        ("south", ("--host", "https://x"), "a name such as"),
        ("south", ("--currency", "XXY"), "three capital letters"),
        ("south", ("--timezone", "Mars/Olympus"), "time zone"),
        ("south", ("--language", "tlh"), "languages are"),
        ("south", ("--home", "database" if kind == "file" else "file"), "SQLite register"),
    ):
        assert sentence in provision(app, kind, slug, *more, fails=True), slug
    assert "is not in the plan" in provision(app, kind, "south", "--host", "south.example", plan="basic", fails=True)
    named = ("provision", "north", "--name", "Another", "--plan", "free", "--admin-email", "eve@evil.example")
    assert "short name already" in run(app, *named, fails=True)
    assert "short name already" in run(app, *named[:2], "--name", "North Cleaners", *named[4:], fails=True)
    assert set(hosts(app)) == {"main", "north"}
    assert "cannot be deleted" in run(app, "delete", "main", fails=True)
    if kind == "file":
        stray = app.config["INSTANCE"] / "tenants" / "south.db"
        stray.write_bytes(b"somebody else's")
        assert "does not know" in provision(app, kind, "south", fails=True)
        assert stray.read_bytes() == b"somebody else's"


@pytest.mark.slow
def test_one_broken_business_never_stops_the_rest(sqlite_databases, tmp_path):
    url = sqlite_databases.filled()
    with application(url, tmp_path) as app:
        for slug in ("alpha", "beta", "gamma"):
            provision(app, "file", slug)
        with app.app_context():
            broken = path_of(tenant_service.find_closed("beta").home.url)
            broken.write_bytes(b"this was a database" * 100)
        for output in (run(app, "migrate-all", fails=True), run(app, "migrate-all", "--parallel", "2", fails=True)):
            assert sorted(re.findall(r"(\w+): up to date", output)) == ["alpha", "gamma", "main"]
            assert "beta: DatabaseError: file is not a database" in output
        assert "alpha: up to date" in run(app, "migrate-all", "--tenant", "alpha")
        told = [app.test_cli_runner().invoke(args=["jobs", "run", name]) for name in ("forget", "record-usage")]
        assert [one.exit_code for one in told] == [1, 1]  # it is tried again for the broken one
        assert told[1].output.count("done") == 3
        with app.app_context():  # nor do the chores of those that come after it in the list
            assert [len(usage_service.days_of(slug, limit=9)) for slug in ("alpha", "beta", "gamma")] == [1, 0, 1]
        assert re.search(r"beta .*cannot be read: DatabaseError", run(app, "usage"))
        assert "no such business" in run(app, "migrate-all", "--tenant", "delta", fails=True)
        result = app.test_cli_runner().invoke(args=["init-db"])
        assert result.exit_code == 0
        assert "beta could not be migrated" in result.output
    sqlite_databases.drop(url)


@pytest.mark.slow
def test_is_there_for_a_person_with_a_shell(sqlite_databases, tmp_path):
    """As a program of its own: what it needs is pushed and loaded there too, and help needs no database."""
    surroundings = environment(**settings(sqlite_databases.filled()), FABCLEAN_DISK=str(tmp_path))
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "tenants", *PROVISION]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "North Cleaners is open." in done.stdout
