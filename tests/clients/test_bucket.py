"""Files in an S3-compatible bucket, on a server that speaks its protocol."""

import contextlib
from datetime import timedelta
from io import BytesIO

import httpx
import pytest
from moto.server import ThreadedMotoServer

from app import config
from app.clients.files import bucket
from app.clients.files.bucket import Bucket
from app.clients.files.errors import FileGone, FilesAway
from app.clients.shelves.shelf import ShelfAway, shelf_of
from app.core import clock
from tests.logistics.pictures import picture
from tests.support.people import WANDA, client_of
from tests.support.shop import settings

NAME = "ab" * 32
KEYS = {"AWS_ACCESS_KEY_ID": "shop", "AWS_SECRET_ACCESS_KEY": "quiet heron", "AWS_REGION": "eu-central-1"}


@pytest.fixture(scope="module")
def environ():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    body = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
    assert httpx.put(f"{url}/laundry", content=body).status_code in (200, 409)  # what it keeps it keeps in this process
    yield {**KEYS, "AWS_ENDPOINT_URL": url, "FILES_URL": "s3://laundry/files"}
    server.stop()


def store(environ, folder="main") -> Bucket:
    return Bucket(*config._bucket(environ), folder)


def test_what_is_put_in_comes_out(environ):
    store(environ).put(NAME, BytesIO(b"a shirt"))
    assert store(environ).open(NAME).read() == b"a shirt"


def test_a_business_finds_its_own_only(environ):
    store(environ, "one").put(NAME, BytesIO(b"a shirt"))
    with pytest.raises(FileGone):
        store(environ, "two").open(NAME)


def test_only_hashes_are_names(environ):
    for name in ("../main/" + NAME, "x", NAME.upper()):
        with pytest.raises(ValueError, match="hash"):
            store(environ).put(name, BytesIO(b""))


def test_what_was_just_put_in_is_not_taken_out(environ, monkeypatch):
    files = store(environ, "sweeping")
    files.put(NAME, BytesIO(b"a shirt"))
    files.remove(NAME)
    assert files.open(NAME).read() == b"a shirt"
    in_two_hours = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(bucket.clock, "now", lambda: in_two_hours)
    files.remove(NAME)
    files.remove(NAME)
    with pytest.raises(FileGone):
        files.open(NAME)


def test_a_bucket_that_does_not_answer_is_away(environ):
    with pytest.raises(FilesAway):
        store({**environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}).put(NAME, BytesIO(b"a shirt"))


@pytest.mark.slow
def test_a_drivers_photo_goes_into_the_bucket_and_comes_back(app, environ):
    app.config["FILES_URL"], app.config["FILES_SETTINGS"] = config._bucket(environ)
    wanda = client_of(app, WANDA)
    made = wanda.post("/worker/api/files", data=picture(), content_type="image/jpeg")
    assert made.status_code == 201
    assert wanda.get(f"/worker/api/files/{made.json['id']}").data[:2] == b"\xff\xd8"
    assert not (app.config["INSTANCE"] / "files").exists()


def test_an_address_that_is_none_stops_the_start(tmp_path):
    for url in ("laundry", "https://laundry.example", "s3://"):
        with pytest.raises(config.ConfigError, match="FILES_URL"):
            config.load(settings(f"sqlite:///{tmp_path}/x.db", FILES_URL=url), instance=tmp_path)


def test_backups_lie_in_a_bucket_too(app, environ):
    """Written and read as a stream; what was not finished is not there."""
    shelf = shelf_of({"BACKUP_URL": "s3://laundry/backups", "FILES_SETTINGS": config._bucket(environ)[1]})
    app.config |= {"BACKUP_URL": "s3://laundry/backups", "FILES_SETTINGS": config._bucket(environ)[1], "BACKUP_KEY": "x" * 32}
    for words in (("create",), ("verify",), ("verify",)):
        result = app.test_cli_runner().invoke(args=["backup", *words])
        assert result.exit_code == 0, result.output
    (name,) = shelf.names()
    with contextlib.suppress(ZeroDivisionError), shelf.writing("half.fabclean") as out:
        out.write(b"x" * 20_000_000)
        raise ZeroDivisionError
    assert list(shelf.names()) == [name]
    shelf.remove(name)
    assert not shelf.names()
    with pytest.raises(ShelfAway):
        shelf_of({"BACKUP_URL": "s3://nobodys/x", "FILES_SETTINGS": config._bucket(environ)[1]}).names()
