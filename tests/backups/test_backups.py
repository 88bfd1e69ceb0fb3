"""A shop is copied while it works, its machine is lost, and it goes on elsewhere; and what is no good never comes near it."""

import fcntl
import random
import re
import shutil
import sqlite3
import tarfile
from io import BytesIO
from pathlib import Path
from unittest.mock import ANY

import pytest
from PIL import Image
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app import timetable
from app.audit import audit_service, chain_service
from app.audit import queries as audit
from app.backups import archive, backup_service, restore_service, watch_service
from app.backups.backup_service import Following
from app.backups.errors import BackupError
from app.backups.sealing import Keys
from app.catalogue.models import Service
from app.clients.shelves.shelf import ShelfAway, shelf_of
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity.principal import Principal
from app.logistics.models import StoredFile
from app.orders.models import Order
from app.tenancy import home_service, lifecycle_service, tenant_service
from tests.support import people
from tests.support.databases import path_of
from tests.support.orders import place
from tests.support.people import ADMIN
from tests.support.shop import application, close, inside

BY = Principal.command_line("tests")
KEY, OTHER_KEY = "nine-tall-pines-stand-by-the-quiet-water", "four-old-boats-lie-on-the-grey-stony-shore"
BY = Principal.command_line("tests")
KINDS = {"file": "sqlite", "schema": "postgresql", "database": "postgresql"}


@pytest.fixture(params=[kind if home == "sqlite" else pytest.param(kind, marks=pytest.mark.postgresql) for kind, home in KINDS.items()])
def kind(request):
    return request.param


@pytest.fixture
def engine(kind, request, monkeypatch):
    monkeypatch.setattr(tenant_service, "REMEMBERED_SECONDS", 0.0)
    return request.getfixturevalue(f"{KINDS[kind]}_databases")


def installation(url: str, folder: Path, **extra: str):
    more = {"BACKUP_KEY": KEY, "BACKUP_URL": str(folder.parent / "shelf"), "FABCLEAN_PUBLIC_URL": "https://fab.example", **extra}
    return application(url, folder, **more)


@pytest.fixture
def shop(engine, kind, tmp_path):
    """Two businesses; the second has a photo."""
    url = engine.filled()
    with installation(url, tmp_path / "old") as app:
        run(app, "tenants", "provision", "north", "--name", "North", "--plan", "pro", "--admin-email", "o@north.example", "--home", kind)
        with inside(app, "north"):
            people.move_in()
        headers = {**people.bearer_of(app, people.WANDA, business="north"), "Content-Type": "image/png"}
        sent = app.test_client().post("/worker/api/files", base_url="https://north.fab.example", data=picture("teal"), headers=headers)
        assert sent.status_code == 201
        yield app
        remove_homes(app, kind)
    engine.drop(url)


def remove_homes(app, kind):
    close(app)
    with app.app_context():
        if kind == "database":
            home_service.remove(home_service.name_for("north", home_service.Kind.DATABASE, Path()))


def picture(colour):
    drawn = BytesIO()
    Image.new("RGB", (8, 8), colour).save(drawn, "PNG")
    return drawn.getvalue()


def run(app, *words, fails=False):
    result = app.test_cli_runner().invoke(args=words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def rename(app, name, slug="main"):
    with inside(app, slug), unit_of_work() as session:
        session.scalars(select(Service).order_by(Service.id)).first().name = name


def names(app, slug="main"):
    with inside(app, slug):
        return db.session.scalars(select(Service.name).order_by(Service.id)).first()


def orders(app):
    with inside(app):
        return db.session.scalar(select(func.count()).select_from(Order))


def shelf(app):
    return sorted(Path(app.config["BACKUP_URL"]).glob("*.fabclean"))


def test_goes_on_on_an_empty_machine(shop, engine, kind, tmp_path):
    """Increments included: the first order is in the whole archive, the second in what came after it."""
    alice = people.client_of(shop, people.ALICE)
    first = place(alice)["id"]
    chain = Following()
    with shop.app_context():
        backup_service.follow(shop.config, chain)
        assert backup_service.follow(shop.config, chain) is None  # nothing is new, so nothing is made
    second = place(alice)["id"]
    rename(shop, "Royal pressing", "north")
    with shop.app_context():
        made = backup_service.follow(shop.config, chain)
    assert made.label.kind == "more"
    whole, rest = shelf(shop)
    assert rest.stat().st_size < whole.stat().st_size / 2
    assert [file.stat().st_mode & 0o777 for file in (whole, rest)] == [0o600, 0o600]
    assert b"Royal" not in rest.read_bytes()
    assert "2 archives" in run(shop, "backup", "verify")
    listed = run(shop, "backup", "list")
    assert "everything" in listed
    assert "1 more until" in listed
    remove_homes(shop, kind)
    if kind == "file":
        shutil.rmtree(tmp_path / "old")
    elsewhere = engine.empty()
    with installation(elsewhere, tmp_path / "new") as app:
        said = run(app, "backup", "restore", "latest", "--yes")
        assert "main, north" in said
        assert "1 files" in said
        assert "before" not in said
        admin = app.test_client()
        assert admin.post("/admin/login", json={"username": ADMIN.login, "password": ADMIN.password}).status_code == 200
        known = people.client_of(app, people.ALICE)
        assert [known.get(f"/api/orders/{order}").status_code for order in (first, second)] == [200, 200]
        assert names(app, "north") == "Royal pressing"
        headers = people.bearer_of(app, people.WANDA, business="north")
        with inside(app, "north"):
            ((file, digest),) = db.session.execute(select(StoredFile.id, StoredFile.sha256)).tuples()
        back = app.test_client().get(f"/worker/api/files/{file}", base_url="https://north.fab.example", headers=headers)
        assert back.status_code == 200
        assert (tmp_path / "new" / "files" / "north" / digest[:2] / digest).stat().st_mode & 0o777 == 0o600
        place(known)  # numbers go on where they were
        assert run(app, "audit", "verify").count("as written") == 2
        with inside(app, "north"):
            assert [entry["after"] for entry in audit.newest(action="audit.accepted").rows] == [{"because": ANY, "noted": None}]
            with pytest.raises(DBAPIError, match="only added to"), unit_of_work() as session:
                session.execute(text("DELETE FROM audit_entry"))
        remove_homes(app, kind)
    engine.drop(elsewhere)


def test_one_business_comes_back_while_the_others_work(shop, kind, tmp_path):
    run(shop, "backup", "create")
    rename(shop, "a mistake", "north")
    with inside(shop, "north"):
        audit_service.record("tests.seen", "tests:1", by=BY)
        assert chain_service.watch("north").wrong is None  # the register knows how far the audit goes, and the archive does not
    rename(shop, "an improvement", "main")
    run(shop, "jobs", "run", "watch-audits")
    said = run(shop, "backup", "restore", "latest", "--tenant", "north", "--yes")
    assert "What was there before is in" in said
    assert names(shop, "north") != "a mistake"
    assert names(shop, "main") == "an improvement"
    with inside(shop, "north"):
        assert chain_service.watch("north").wrong is None
    assert run(shop, "audit", "verify").count("as written") == 2
    with shop.app_context():
        assert {one.slug: one.status for one in lifecycle_service.everybody()}["north"] == "open"
    with inside(shop, "north"):
        tenant_service.present("north", "North", "Thank you", by=BY)
    # and one that was deleted, from the file its owner took along
    target = tmp_path / "north.fabclean"
    assert "with 1 files" in run(shop, "tenants", "export", "north", "--to", str(target))
    assert "is there already" in run(shop, "tenants", "export", "north", "--to", str(target), fails=True)
    code = re.search(r"--confirm (\w+)", run(shop, "tenants", "delete", "north"))[1]
    run(shop, "tenants", "delete", "north", "--confirm", code)
    assert "not of south" in run(shop, "backup", "restore", str(target), "--tenant", "south", "--yes", fails=True)
    assert "Say which" in run(shop, "backup", "restore", str(target), "--yes", fails=True)
    run(shop, "backup", "restore", str(target), "--tenant", "north", "--yes")
    assert names(shop, "north") != "a mistake"
    answer = shop.test_client().get("/api/services", base_url="https://north.fab.example")
    assert answer.status_code == 200
    with inside(shop, "north") as north:
        assert north.receipt_text == "Thank you"


@pytest.fixture
def small(sqlite_databases, tmp_path):
    """One business on SQLite, with an archive of it: what refuses a bad archive is the same on both engines."""
    url = sqlite_databases.filled()
    with installation(url, tmp_path / "old") as app:
        run(app, "backup", "create")
        yield app
    sqlite_databases.drop(url)


def living(app):
    """Everything that lives: the database and whatever lies in the folder beside it."""
    kept = sorted(path for path in Path(app.config["INSTANCE"]).rglob("*") if path.is_file())
    return path_of(app.config["DATABASE_URL"]).read_bytes(), kept


DAMAGES = {
    "bit": lambda whole, at, chance: whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :],
    "cut": lambda whole, at, _: whole[:at],
    "hole": lambda whole, at, chance: whole[:at] + whole[at + chance.randrange(1, 400) :],
    "more": lambda whole, at, chance: whole + chance.randbytes(1 + at % 50),
    "twice": lambda whole, at, _: whole[:at] + whole,
    "moved": lambda whole, at, _: whole[at:] + whole[:at] if at else whole[1:],
}


def test_two_hundred_damaged_archives_are_refused_before_anything_is_touched(small, tmp_path):
    whole, chance, broken = shelf(small)[0].read_bytes(), random.Random(6), tmp_path / "broken.fabclean"
    close(small)
    before = living(small)
    assert len(whole) > 8_000
    for number in range(200):
        kind = list(DAMAGES)[number % len(DAMAGES)]
        # a third of them in the beginning, which can be read without the key
        at = chance.randrange(400 if number % 3 == 0 else len(whole))
        broken.write_bytes(DAMAGES[kind](whole, at, chance))
        with small.app_context(), pytest.raises(BackupError):
            restore_service.restore(small.config, str(broken), by=BY)
    assert living(small) == before
    broken.write_bytes(whole)
    with small.app_context():
        restore_service.verify(small.config, str(broken))


def forge(target, *, key=KEY, entries=(), **manifest):
    """Sealed with the right key, and yet not what this program would have made."""
    label = archive.Label.new(archive.ALL, archive.FULL)
    with target.open("wb") as out:
        writer = archive.Writer(out, Keys.of(key), label, None)
        for name, content, kind in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type, entry.linkname = len(content), kind, "/etc/passwd"
            writer._tar.addfile(entry, BytesIO(content))
        writer.finish({"slugs": [], "businesses": {}, "leftOut": {}, **manifest})


def test_archives_that_are_not_ours_are_refused(small, tmp_path, monkeypatch):
    close(small)
    before, target = living(small), tmp_path / "forged.fabclean"
    said = {"business": {"home": None}, "pageSize": 4096, "pages": 0, "root": "", "files": 0, "missing": []}
    page = (4096).to_bytes(4, "big") + bytes(4100)
    one_page = {"entries": [("main/pages/1", page, tarfile.REGTYPE)], "slugs": ["main"]}
    forgeries = {
        "half a page": {"entries": [("main/pages/1", page[:-1], tarfile.REGTYPE)]},
        "newer FabClean": {**one_page, "businesses": {"main": {**said, "revisions": {"tenant": "9999"}}}},
        "not what was copied": {**one_page, "businesses": {"main": {**said, "revisions": {}}}},
        "not the one it is called": {"entries": [(f"main/files/{'ab' * 32}", b"x", tarfile.REGTYPE)]},
        "another key": {"key": OTHER_KEY},
        "first business is not": {},
    }
    for name in ("../../escape", "/etc/cron.d/x", "main/files/../../x", "main/rows/../x/1", "..", "main/pages/1/../../../x"):
        forgeries[f"does not belong.*{re.escape(name)}"] = {"entries": [(name, b"x", tarfile.REGTYPE)]}
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE):
        forgeries[f"does not belong.*main/pages/{kind.decode()}"] = {"entries": [(f"main/pages/{kind.decode()}", b"", kind)]}
    for sentence, forgery in forgeries.items():
        forge(target, **forgery)
        with small.app_context(), pytest.raises(BackupError, match=sentence):
            restore_service.restore(small.config, str(target), by=BY)
    monkeypatch.setattr(archive, "FORMAT", 2)
    forge(target)
    monkeypatch.setattr(archive, "FORMAT", 1)
    with small.app_context(), pytest.raises(BackupError, match="newer FabClean"):
        restore_service.restore(small.config, str(target), by=BY)
    one, other = shelf(small)[0], shelf(small)[0].with_name(archive.Label.new(archive.ALL, archive.FULL).name)
    shutil.copy(one, other)
    with small.app_context(), pytest.raises(BackupError, match="another archive's name"):
        restore_service.restore(small.config, other.name, by=BY)
    assert living(small) == before


def test_a_server_that_still_runs_is_not_pulled_out_from_under(small):
    close(small)
    with sqlite3.connect(path_of(small.config["DATABASE_URL"])) as server:
        server.execute("SELECT count(*) FROM customer").fetchone()
        assert "in use" in run(small, "backup", "restore", "latest", "--yes", fails=True)
    server.close()
    run(small, "backup", "restore", "latest", "--yes")


def test_keys_change_and_without_one_nothing_is_made(small):
    small.config["BACKUP_KEY"] = f"{OTHER_KEY},{KEY}"
    assert "is whole" in run(small, "backup", "verify")
    run(small, "backup", "create")
    small.config["BACKUP_KEY"] = KEY
    assert "another key" in run(small, "backup", "verify", fails=True)
    for key, sentence in (("", "BACKUP_KEY is not set"), ("short", "shorter than 32")):
        small.config["BACKUP_KEY"] = key
        assert sentence in run(small, "backup", "create", fails=True)


def test_a_failed_copy_loses_nothing_of_the_next_one(small, monkeypatch):
    """Where archives go is away for a moment: what changed meanwhile is in the next one."""
    chain = Following()
    with small.app_context():
        backup_service.follow(small.config, chain)
        rename(small, "first change")
        config = {**small.config, "BACKUP_URL": "/proc/nowhere"}
        with pytest.raises(ShelfAway):
            backup_service.follow(config, chain)
        made = backup_service.follow(small.config, chain)
        rename(small, "second change")
        backup_service.follow(small.config, chain)
        close(small)
        restore_service.restore(small.config, "latest", at=made.label.at, by=BY)
        assert names(small) == "first change"


def test_one_broken_business_keeps_nobody_from_having_the_others(small):
    run(small, "tenants", "provision", "north", "--name", "North", "--plan", "pro", "--admin-email", "o@north.example")
    with small.app_context():
        path_of(tenant_service.find_closed("north").home.url).write_bytes(b"this was a database" * 100)
    output = run(small, "backup", "create", fails=True)
    assert "north could not be copied" in output
    assert "main: " in run(small, "backup", "verify")


def test_the_timetable_makes_one_a_day_unless_somebody_else_does(small, tmp_path):
    with small.app_context():
        for place, made in ((str(tmp_path / "shelf"), 1), (str(tmp_path / "empty"), 1)):
            small.config["BACKUP_URL"] = place
            timetable.back_up(None)
            assert len(shelf(small)) == made
        small.config |= {"BACKUP_KEY": "", "BACKUP_URL": str(tmp_path / "unset")}
        timetable.back_up(None)
        assert shelf(small) == []


def test_the_watcher_goes_on_when_its_shelf_was_away_and_begins_anew_in_time(small, tmp_path, monkeypatch):
    """A whole archive, then what changed; nothing while the shelf is away; a whole one when the chain is long enough."""
    monkeypatch.setattr(watch_service, "LONGEST_CHAIN", 2)
    config = {**small.config, "BACKUP_URL": str(tmp_path / "other")}
    names = iter(("first", "second", None, "fourth", "fifth"))

    def meanwhile(_):
        if (name := next(names, "end")) == "end":
            raise KeyboardInterrupt
        config["BACKUP_URL"] = str(tmp_path / "other") if name else "/proc/nowhere"
        rename(small, name or "third")

    monkeypatch.setattr(watch_service.time, "sleep", meanwhile)
    with small.app_context(), pytest.raises(KeyboardInterrupt):
        list(watch_service.follow(config, every=0))
    assert [label.kind for label in archive.labels(shelf_of(config))] == ["full", "more", "full", "more", "full"]


def test_one_watcher_on_a_machine(small, tmp_path):
    assert "-full-" in run(small, "backup", "watch", "--once")
    with (tmp_path / "old" / "backup.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "already" in run(small, "backup", "watch", "--once", fails=True)
