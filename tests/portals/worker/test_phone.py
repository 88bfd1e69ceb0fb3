"""What a phone needs to make an application of the van's pages, and what it must never keep or send."""

import re

from PIL import Image

from tests.logistics.pictures import picture
from tests.logistics.stops import WARD, ago, hire, plan
from tests.support.people import WANDA, account_id_of
from tests.support.processes import ROOT

PAGE = {"Accept": "text/html"}


def test_can_be_installed_by_whoever_is_at_the_sign_in_page(client):
    assert 'rel="manifest" href="/worker/manifest.webmanifest"' in client.get("/worker/login", headers=PAGE).text
    manifest = client.get("/worker/manifest.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    app = manifest.get_json(force=True)
    assert (app["start_url"], app["scope"], app["id"], app["display"]) == ("/worker/", "/worker/", "/worker/", "standalone")
    assert {icon["purpose"] for icon in app["icons"]} == {"any", "maskable"}
    for icon in app["icons"]:
        path, _, version = icon["src"].partition("?")
        with Image.open(ROOT / "app" / path.lstrip("/")) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]
        assert version


def test_the_service_worker_keeps_files_that_are_there_and_nothing_of_anybodys(client, worker):
    served = worker.get("/worker/service-worker.js")
    assert (served.mimetype, served.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    assert "default-src 'self'" in served.headers["Content-Security-Policy"]
    assert served.text == client.get("/worker/service-worker.js").text, "the same for everybody"
    files = re.findall(r'"(/[^"]+)"', served.text.split("const FILES = ")[1].split(";")[0])
    assert len(files) > 10
    for file in files:
        answer = worker.get(file, headers=PAGE)
        assert answer.status_code == 200, file
        assert WANDA.name.encode() not in answer.data


def test_a_changed_file_is_another_version(client, monkeypatch):
    from app.portals.http import assets

    def version(text: str) -> str:
        return re.findall(r'"van-shell-(\w+)"', text)[0]

    before = client.get("/worker/service-worker.js").text
    monkeypatch.setattr(assets, "_digest", lambda path: "changed" if path.endswith("fabclean.css") else "same")
    assert version(client.get("/worker/service-worker.js").text) != version(before)


def test_what_another_driver_did_is_not_taken_from_this_one(app, admin, worker):
    """A phone says whose work it sends. Whoever has signed in meanwhile must not have done it."""
    hire(app, WARD)
    stop, ward = plan(app, admin), account_id_of(app, WARD)
    event = {"clientId": "a", "type": "start", "deliveryId": stop["id"], "at": ago(minutes=1)}
    sent = {"sync": {"json": {"events": [event]}}, "files": {"data": picture(), "content_type": "image/jpeg"}}
    for door, body in sent.items():
        refused = worker.post(f"/worker/api/{door}?worker={ward}", **body)
        assert (refused.status_code, refused.json["code"]) == (403, "somebody_else")
        assert worker.post(f"/worker/api/{door}?worker={account_id_of(app, WANDA)}", **body).status_code in (200, 201)
    assert worker.get("/worker/api/deliveries").json[0]["status"] == "STARTED"
