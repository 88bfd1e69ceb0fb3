"""What would be unsafe does not start, and says why in one line: whether it is imported by a server or started by gunicorn."""

import os
import re
import subprocess
import sys

import httpx
import pytest

from app import config
from tests.support.processes import ROOT, environment
from tests.support.server import Server

pytestmark = pytest.mark.slow
STRONG, OTHER = "Xk29vLm4Tq7ZsWc8RbNd5Yh3Gf6Jp1Ea", "aE1pJ6fG3hY5dNbR8cWsZ7qT4mLv92kX"
GOOD = {"FABCLEAN_ENV": "production", "SECRET_KEY": STRONG, "JWT_SECRET_KEY": OTHER, "TRUSTED_PROXIES": "0"}
COMMANDS = ([sys.executable, "-c", "import wsgi"], [sys.executable, "-m", "gunicorn", "wsgi:app"])

BAD = {
    "an environment nobody knows": ({"FABCLEAN_ENV": "prod"}, "FABCLEAN_ENV"),
    "no secret": ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
    "no secret for tokens": ({"JWT_SECRET_KEY": ""}, "JWT_SECRET_KEY is missing"),
    "no secret in staging": ({"FABCLEAN_ENV": "staging", "SECRET_KEY": ""}, "SECRET_KEY is missing"),
    "a short secret": ({"SECRET_KEY": STRONG[:31]}, "shorter than 32"),
    "a short secret for tokens": ({"JWT_SECRET_KEY": OTHER[:31]}, "shorter than 32"),
    "the secret of an old sample": ({"SECRET_KEY": "super-secret-key-loki-and-some-more-of-it"}, "sample"),
    "a secret that says to change it": ({"JWT_SECRET_KEY": "please-CHANGE-me-before-you-deploy-this"}, "sample"),
    "a secret of one character": ({"SECRET_KEY": "a" * 64}, "easy to guess"),
    "one secret for two purposes": ({"JWT_SECRET_KEY": STRONG}, "are equal"),
    "a short password for the administrator": ({"ADMIN_PASS": "hunter2"}, "ADMIN_PASS"),
    "a guessable password for the administrator": ({"ADMIN_PASS": "fabclean-admin-2026"}, "ADMIN_PASS"),
    "debug mode": ({"FLASK_DEBUG": "1"}, "debug mode"),
    "debug mode by another name": ({"FABCLEAN_DEBUG": "true"}, "debug mode"),
    "every origin": ({"CORS_ORIGINS": "*"}, "CORS_ORIGINS"),
    "every subdomain": ({"CORS_ORIGINS": "https://shop.example,https://*.shop.example"}, "CORS_ORIGINS"),
    "an origin without a scheme": ({"CORS_ORIGINS": "shop.example"}, "CORS_ORIGINS"),
    "an origin with a path": ({"CORS_ORIGINS": "https://shop.example/app"}, "CORS_ORIGINS"),
    "nobody said how many proxies": ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES"),
    "a number of proxies that is none": ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES"),
    "more proxies than anybody has": ({"TRUSTED_PROXIES": "11"}, "TRUSTED_PROXIES"),
    "a database nobody speaks with": ({"DATABASE_URL": "mysql://root@localhost/shop"}, "DATABASE_URL"),
    "a database in memory": ({"DATABASE_URL": "sqlite:///:memory:"}, "in memory"),
    "a file on a disk that is forgotten": ({"RENDER": "true"}, "FABCLEAN_DISK"),
}


@pytest.mark.parametrize(("wrong", "reason"), BAD.values(), ids=BAD)
def test_is_refused(wrong, reason, tmp_path):
    chosen = {**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path}/shop.db", **wrong}
    with pytest.raises(config.ConfigError, match=re.escape(reason)):
        config.load(chosen)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["no secret", "debug mode"])
def test_does_not_start_with(name, tmp_path):
    wrong, reason = BAD[name]
    chosen = {**GOOD, "DATABASE_URL": f"sqlite:///{tmp_path}/shop.db", **wrong}
    running = [
        subprocess.Popen(command, cwd=ROOT, env=environment(**chosen), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for command in COMMANDS
    ]
    for process in running:
        said, _ = process.communicate(timeout=60)
        assert process.returncode != 0
        assert len(said.splitlines()) == 1, said
        assert said.startswith("FabClean does not start: ")
        assert reason in said
    assert os.listdir(tmp_path) == []


def test_starts_with_a_good_one(database_url, tmp_path):
    server = Server(database_url, tmp_path / "log", **GOOD, ADMIN_PASS="seven quiet herons")
    try:
        answer = httpx.get(f"{server.url}/health/ready")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        cookie = httpx.post(f"{server.url}/admin/login", json={"username": "admin", "password": "seven quiet herons"}).headers["Set-Cookie"]
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    finally:
        server.stop()
    assert "Traceback" not in server.log
