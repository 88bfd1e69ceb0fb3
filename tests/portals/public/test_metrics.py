"""Figures for Prometheus, and what somebody else is told of an error."""

import concurrent.futures
import json
import logging
import re

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from app import logs
from tests.support.server import Server

TOKEN = "seven-blue-kettles-on-the-second-shelf"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def test_is_closed_unless_a_token_is_set_and_said(app, client, admin):
    assert client.get("/metrics", headers=BEARER).status_code == 401
    app.config["METRICS_TOKEN"] = TOKEN
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}):
        assert [somebody.get("/metrics", headers=headers).status_code for somebody in (client, admin)] == [401, 401]
    said = client.get("/metrics", headers=BEARER)
    assert said.status_code == 200
    assert "fabclean_ready 1.0" in said.text
    assert re.search(r"fabclean_disk_free_bytes [\d.e+]+", said.text)


def test_names_no_address_and_nobody(app, client, admin):
    """However much is made up by whoever asks, the labels stay few."""
    app.config["METRICS_TOKEN"] = TOKEN
    for number in range(20):
        client.get(f"/no/such/place/{number}")
        client.open("/api/services", method=f"ODD{number}")
        admin.get(f"/admin/customers/?q=asha{number}")
    text = client.get("/metrics", headers=BEARER).text
    assert "asha" not in text
    assert "such" not in text
    assert "ODD" not in text
    assert 'endpoint="none",method="GET",status="4xx"' in text
    assert 'endpoint="admin.' in text


@pytest.mark.slow
def test_counts_over_all_worker_processes(databases, tmp_path):
    url = databases.filled()
    server = Server(url, tmp_path / "log", METRICS_TOKEN=TOKEN, WEB_CONCURRENCY="2", WEB_THREADS="8")
    try:
        with server.client() as visitor, concurrent.futures.ThreadPoolExecutor(8) as pool:
            asked = list(pool.map(lambda _: visitor.get("/api/services", headers={"Connection": "close"}).status_code, range(60)))
            seen = {count_of(visitor.get("/metrics", headers={**BEARER, "Connection": "close"}).text) for _ in range(8)}
        assert asked == [200] * 60
        assert seen == {60}
    finally:
        server.stop()
        databases.drop(url)


def count_of(text):
    (found,) = re.findall(r'fabclean_request_seconds_count\{endpoint="api.list_services",method="GET",status="2xx"\} ([\d.]+)', text)
    return float(found)


class Kept(Transport):
    """Where Sentry would be."""

    def __init__(self):
        super().__init__()
        self.told = []

    def capture_envelope(self, envelope):
        self.told += [event] if (event := envelope.get_event()) is not None else []


def test_an_error_is_told_without_anybodys_data(app, alice, monkeypatch):
    kept, begin = Kept(), sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda dsn, **options: begin(dsn, transport=kept, default_integrations=True, **options))
    logs._tell_sentry("https://key@sentry.example/1")
    try:
        secret = "asha@example.com"

        def broken():
            raise RuntimeError(f"{secret} is there already")

        monkeypatch.setitem(app.view_functions, "public.live", broken)
        broken.door = app.view_functions["public.ready"].door
        assert alice.get(f"/health/live?q={secret}", headers={"X-Secret": secret}).status_code == 500
        logging.getLogger("fabclean.mail").error(f"no letter for {secret}", extra={"to": secret})
    finally:
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)
    (event,) = [one for one in kept.told if "exception" in one]
    assert event["exception"]["values"][-1]["type"] == "RuntimeError"
    assert any(frame["function"] == "broken" for frame in event["exception"]["values"][-1]["stacktrace"]["frames"])
    assert "asha" not in json.dumps(kept.told, default=str)


def test_without_the_extra_it_says_so_and_goes_on(monkeypatch, caplog):
    monkeypatch.setitem(__import__("sys").modules, "sentry_sdk", None)
    monkeypatch.setattr(logging.getLogger("fabclean"), "propagate", True)
    logs._tell_sentry("https://key@sentry.example/1")
    assert "not installed" in caplog.text
