"""Liveness asks nothing, readiness really reads and writes, and strangers learn no details."""

import pytest
from sqlalchemy import text

from app.core import probe
from app.core.session import CONTROL
from app.extensions import db

READY = ("/health/ready", "/health/", "/api/v1/health/")


@pytest.mark.parametrize("path", READY)
def test_is_ready(client, path):
    response = client.get(path)
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_details_are_for_those_who_run_the_shop(admin, employee, alice):
    assert set(admin.get("/health/").json) == {"status", "database", "writes", "revision", "disk", "engine", "version"}
    for somebody in (employee, alice):
        assert set(somebody.get("/health/").json) == {"status"}


def test_is_not_ready_when_writing_fails(app, admin):
    assert admin.get("/health/").status_code == 200
    probe._last.clear()
    with app.app_context(), db.engines[CONTROL].begin() as connection:
        connection.execute(text("DROP TABLE control_heartbeat"))
    response = admin.get("/health/ready")
    assert response.status_code == 503
    assert response.json["writes"] == "failed"
    assert int(response.headers["Retry-After"]) > 0


def test_is_not_ready_on_an_old_schema(app, admin):
    probe._last.clear()
    with app.app_context(), db.engines[CONTROL].begin() as connection:
        connection.execute(text("UPDATE alembic_version_tenant SET version_num = '0000'"))
    response = admin.get("/health/ready")
    assert response.status_code == 503
    assert response.json["revision"] == "migrate first: tenant behind"


def test_is_not_ready_on_a_full_disk(admin, monkeypatch):
    monkeypatch.setattr(probe, "LEAST_BYTES", 10**18)
    response = admin.get("/health/ready")
    assert (response.status_code, response.json["disk"]) == (503, "full")


def test_is_alive_whoever_asks(app, admin):
    assert admin.get("/health/live").status_code == 200
    assert admin.get("/health/live", headers={"Authorization": "Bearer nonsense"}).status_code == 200


def test_is_alive_without_a_database(app, client):
    with app.app_context(), db.engines[CONTROL].begin() as connection:
        connection.execute(text("DROP TABLE control_tenant_host"))
    assert client.get("/health/live").json == {"status": "ok"}
