import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.catalogue.models import Service
from app.extensions import db
from app.identity.models import Account
from app.places.models import Store
from tests.support.shop import ADMIN_PASS, application, inside


@pytest.fixture
def start(empty_database_url, tmp_path):
    """An application on a database without a table; settings may differ from start to start."""

    def make(**extra):
        return application(empty_database_url, tmp_path, **extra)

    return make


def init_db(app):
    result = app.test_cli_runner().invoke(args=["init-db"])
    assert result.exit_code == 0, result.output
    return result.output


def counts(app):
    with inside(app):
        return [db.session.scalar(select(func.count()).select_from(model)) for model in (Store, Service, Account)]


def sign_in(app, password):
    return app.test_client().post("/admin/login", json={"username": "admin", "password": password}).status_code


def test_makes_everything_a_first_day_needs(start):
    with start() as app:
        output = init_db(app)
        assert "Added 3 services" in output
        assert "The database is ready." in output
        assert counts(app) == [1, 3, 1]
        assert [service["name"] for service in app.test_client().get("/api/services").json] == ["Laundry", "Dry Cleaning", "Ironing"]
        assert app.test_client().get("/health/ready").status_code == 200


def test_before_it_the_application_says_what_to_do(start):
    with start() as app:
        assert app.test_client().get("/health/live").status_code == 200
        assert app.test_client().get("/health/ready").status_code == 503


def test_the_second_time_changes_nothing(start):
    with start() as app:
        init_db(app)
        before = counts(app)
        output = init_db(app)
        assert counts(app) == before
        assert "Added" not in output
        assert "Administrator" not in output


def test_the_first_administrator_is_the_one_in_the_environment(start):
    with start() as app:
        output = init_db(app)
        assert ADMIN_PASS not in output
        assert sign_in(app, ADMIN_PASS) == 200


def test_in_development_a_password_is_made_up_and_shown_once(start):
    with start(FABCLEAN_ENV="development", ADMIN_PASS="") as app:
        shown = re.search(r"password: (\S+)", init_db(app))
        assert sign_in(app, shown[1]) == 200
        assert "password" not in init_db(app)


@pytest.mark.parametrize("environment", ["testing", "production"])
def test_elsewhere_nobody_is_let_in_by_default(start, environment):
    secrets = {
        "SECRET_KEY": "Xk29vLm4Tq7ZsWc8RbNd5Yh3Gf6Jp1Ea",
        "JWT_SECRET_KEY": "aE1pJ6fG3hY5dNbR8cWsZ7qT4mLv92kX",
        "TRUSTED_PROXIES": "0",
    }
    with start(FABCLEAN_ENV=environment, ADMIN_PASS="", **secrets) as app:
        assert "flask create-admin" in init_db(app)
        assert counts(app)[2] == 0


def test_a_later_password_in_the_environment_changes_no_account(start):
    with start() as app:
        init_db(app)
    with start(ADMIN_PASS="another long one 7 herons") as app:
        init_db(app)
        assert sign_in(app, "another long one 7 herons") == 401
        assert sign_in(app, ADMIN_PASS) == 200


def test_development_secrets_are_made_once_and_are_nobody_elses_to_read(start, tmp_path):
    keys = []
    for _ in range(2):
        with start(FABCLEAN_ENV="development", SECRET_KEY="", JWT_SECRET_KEY="") as app:
            keys.append((app.config["SECRET_KEY"], app.config["JWT_SECRET_KEY"]))
    assert keys[0] == keys[1]
    assert len({*keys[0]}) == 2
    assert Path(tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
