"""Each check sees what is in order, and what is not."""

import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, text, update

from app.backups.archive import Label
from app.core import clock, migrations
from app.core.probe import Heartbeat, beat
from app.core.rate_store import RateEntry
from app.core.session import CONTROL
from app.core.words import say
from app.doctor import data_checks, doctor_service, machine_checks, neighbour_checks
from app.doctor.findings import Level
from app.extensions import db
from app.jobs import job_service
from app.jobs.job_service import Job
from app.notifications.models import Outgoing, State
from app.tenancy import tenant_service
from app.tenancy.models import Tenant
from tests.support.databases import path_of
from tests.support.mail import smtp_server
from tests.support.shop import inside

DISK = namedtuple("DISK", "total used free")
REAL = {"ENV_NAME": "production"}


@pytest.fixture
def look(app):
    """What one check says, as (level, sentence); with some settings changed."""

    def ask(check, **changed):
        with app.app_context():
            found = list(check({**app.config, **changed}))
        worst = max(found, key=lambda one: list(Level).index(one.level))
        assert worst.level == Level.FINE or worst.how
        return worst.level, worst.says

    return ask


def on_sqlite(app):
    return app.config["DATABASE_URL"].startswith("sqlite")


def change(app, statement):
    with app.app_context(), db.engines[CONTROL].begin() as connection:
        connection.execute(statement)


def test_machine(look, tmp_path, monkeypatch):
    """Without the database, and so the same on both."""
    assert look(machine_checks.secrets, **REAL)[0] == Level.FINE
    assert look(machine_checks.secrets)[0] == Level.NOTE
    assert "sample" in look(machine_checks.secrets, SECRET_KEY="my super secret key that is long enough", **REAL)[1]

    for free, level in ((100e6, Level.MEND), (1e9, Level.NOTE), (90e9, Level.FINE)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: DISK(100e9, 0, int(free)))
        assert look(machine_checks.disk)[0] == level

    secrets = tmp_path / "secrets.json"
    secrets.touch()
    for folder, file, level in ((0o700, 0o644, Level.FINE), (0o755, 0o600, Level.FINE), (0o755, 0o644, Level.MEND)):
        tmp_path.chmod(folder)
        secrets.chmod(file)
        assert look(machine_checks.permissions, INSTANCE=tmp_path)[0] == level
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    tmp_path.chmod(0o700)
    assert "another user" in look(machine_checks.permissions, INSTANCE=tmp_path)[1]

    good = {**REAL, "PUBLIC_URL": "https://shop.example", "TRUSTED_PROXIES": 1}
    assert look(machine_checks.network, **good)[0] == Level.FINE
    for wrong in ({"PUBLIC_URL": ""}, {"PUBLIC_URL": "http://shop.example"}, {"TRUSTED_PROXIES": 0}):
        assert look(machine_checks.network, **{**good, **wrong})[0] == Level.MEND


def test_neighbours(look, monkeypatch, tmp_path):
    assert look(neighbour_checks.mail, **REAL)[0] == Level.MEND
    with smtp_server() as server:
        assert look(neighbour_checks.mail, SMTP_URL=f"smtp://{server.address}")[0] == Level.FINE
        assert server.letters == []
        monkeypatch.setattr("app.clients.mail.routes.LOOPBACK", ())
        assert "encryption" in look(neighbour_checks.mail, SMTP_URL=f"smtp://me:pw@{server.address}")[1]
    assert "does not answer" in look(neighbour_checks.mail, SMTP_URL="smtp://127.0.0.1:9")[1]

    assert look(neighbour_checks.counter)[0] == Level.FINE
    assert look(neighbour_checks.counter, RATELIMIT_STORAGE_URI="redis://127.0.0.1:9/0")[0] == Level.MEND

    assert look(neighbour_checks.bucket)[0] == Level.FINE
    away = {"endpoint": "http://127.0.0.1:9", "region": "x", "access_key_id": "x", "secret_access_key": "x"}
    assert look(neighbour_checks.bucket, FILES_URL="s3://nobodys", FILES_SETTINGS=away)[0] == Level.MEND

    keyed = {**REAL, "BACKUP_KEY": "x" * 32, "BACKUP_URL": str(tmp_path / "shelf")}
    assert look(neighbour_checks.backups, **{**keyed, "BACKUP_KEY": ""})[0] == Level.MEND
    assert "no backup yet" in look(neighbour_checks.backups, **keyed)[1]
    for age, level in ((30, Level.MEND), (2, Level.FINE)):
        (tmp_path / "shelf").mkdir(exist_ok=True)
        (tmp_path / "shelf" / Label(clock.now() - timedelta(hours=age), "_all", "full", "ab" * 8).name).touch()
        assert look(neighbour_checks.backups, INSTANCE="/elsewhere", **keyed)[0] == level
    assert "the disk that they are to protect" in look(neighbour_checks.backups, INSTANCE=tmp_path, **keyed)[1]
    (tmp_path / "file").touch()
    assert "cannot be used" in look(neighbour_checks.backups, **{**keyed, "BACKUP_URL": str(tmp_path / "file")})[1]


@pytest.mark.valkey
def test_a_counter_that_answers(look, valkey):
    assert look(neighbour_checks.counter, RATELIMIT_STORAGE_URI=valkey.url)[0] == Level.FINE


def test_database(app, look, monkeypatch):
    assert look(data_checks.database)[0] == Level.FINE
    monkeypatch.setattr(migrations, "head", lambda _: "9999")
    assert "init-db" in doctor(app, 1)
    assert "not those of this version" in look(data_checks.database)[1]
    assert "migrate-all" in doctor_of(app, data_checks.businesses)
    monkeypatch.undo()
    if on_sqlite(app):
        assert "no database" in look(data_checks.database, DATABASE_URL="sqlite:////nowhere/x.db")[1]
    else:
        with app.app_context():
            monkeypatch.setattr(data_checks, "for_reading", lambda _: None)
            assert "could not be looked at" in doctor_service.examine(app.config)[0].says


def test_clock(app, look):
    with app.app_context():
        beat()
    assert look(data_checks.clocks)[0] == Level.FINE
    if on_sqlite(app):
        change(app, update(Heartbeat).values(beat_at=clock.now() + timedelta(minutes=3)))
        assert "turned back" in look(data_checks.clocks)[1]


def test_a_clock_that_is_not_the_databases(app, look, monkeypatch):
    if not on_sqlite(app):
        later = clock.now() + timedelta(minutes=3)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert look(data_checks.clocks)[0] == Level.MEND


def test_chores(app, look):
    assert look(data_checks.chores)[0] == Level.FINE
    change(app, insert(RateEntry).values(key="x", at_ms=1, expires_ms=2))
    assert "counted tries" in look(data_checks.chores)[1]
    change(app, delete(RateEntry))
    late = {"message_id": "m", "route": "r", "target": "t", "subject": "s", "topic": "t", "data": {}, "attempts": 0, "state": State.WAITING}
    with inside(app):
        change(app, insert(Outgoing).values(**late, created_at=clock.now(), next_at=clock.now() - timedelta(hours=2)))
    assert "1 messages of main" in look(data_checks.chores)[1]


def test_jobs(app, look, monkeypatch):
    assert look(data_checks.jobs)[0] == Level.FINE
    with app.app_context():
        number = job_service.ask("forget", "", now=clock.now() - timedelta(minutes=16))
        assert "nobody has begun them" in look(data_checks.jobs)[1]
        monkeypatch.setitem(job_service._jobs, "forget", Job("forget", say("Forget"), lambda _: 1 / 0))
        monkeypatch.setattr(job_service.timing_rules, "WAITS", ())
        assert job_service.execute(number, owner="doctor")
        assert "put aside" in look(data_checks.jobs)[1]


def test_sqlite(app, look, monkeypatch):
    if on_sqlite(app):
        assert look(data_checks.sqlite)[0] == Level.FINE
        monkeypatch.setattr(data_checks, "LARGE_LOG", 0)
        change(app, insert(RateEntry).values(key="x", at_ms=1, expires_ms=2))
        assert "The log beside the database" in look(data_checks.sqlite)[1]


def test_businesses(app, look):
    assert look(data_checks.businesses)[0] == Level.FINE
    said = ("--name", "North", "--plan", "pro", "--admin-email", "o@north.example")
    assert app.test_cli_runner().invoke(args=["tenants", "provision", "north", *said]).exit_code == 0
    assert look(data_checks.businesses)[0] == Level.FINE
    change(app, update(Tenant).where(Tenant.slug == "north").values(status="making"))
    assert "never completed" in look(data_checks.businesses)[1]
    change(app, update(Tenant).where(Tenant.slug == "north").values(status="suspended"))
    with app.app_context():
        home = tenant_service.find_closed("north").home
    if on_sqlite(app):
        path = path_of(home.url)
        whole = bytearray(path.read_bytes())
        whole[5000:9000] = bytes(4000)
        path.write_bytes(whole)
        assert "north's database is damaged" in look(data_checks.businesses)[1]
        path.rename(path.with_name("south.db"))
    else:
        change(app, text("ALTER SCHEMA b_north RENAME TO b_south"))
    assert "its data is not there" in look(data_checks.businesses)[1]
    change(app, delete(Tenant).where(Tenant.slug == "north"))
    assert "Nobody's in the register" in look(data_checks.businesses)[1]
    if on_sqlite(app):
        path.with_name("south.db").rename(path.with_name("south.db.before-now"))
    else:
        change(app, text("ALTER SCHEMA b_south RENAME TO before_south"))
    assert "before a restore" in look(data_checks.businesses)[1]
    if not on_sqlite(app):
        change(app, text("DROP SCHEMA before_south CASCADE"))


def test_the_page_says_it_too_the_worst_first(app, admin):
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    text = admin.get("/admin/platform/status", headers={"Accept": "text/html"}).text
    assert text.index("127.0.0.1 does not answer") < text.index("FABCLEAN_PUBLIC_URL") < text.index("The database answers")
    assert "To be mended" in text


def doctor_of(app, check):
    with app.app_context():
        return " ".join(one.how for one in check(app.config))


def doctor(app, code, *more):
    result = app.test_cli_runner().invoke(args=["doctor", *more])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command(app):
    said = doctor(app, 0)
    assert "The database answers" in said
    assert "-> Set SMTP_URL" in said
    assert doctor(app, 0, "--quiet") == ""
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    assert "1 must be mended" in doctor(app, 1, "--quiet")
