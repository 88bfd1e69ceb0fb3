"""An application made for one test, the way into its business, and the way out without leaving anything behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from flask import Flask

from app import config, create_app
from app.core import probe
from app.core.rate_store import SqlRateStorage
from app.extensions import db, limiter
from app.tenancy import tenant_service
from app.tenancy.tenant_service import MAIN, Business

ADMIN_USER, ADMIN_PASS = "admin", "seven quiet herons"


def settings(database_url: str, **extra: str) -> dict[str, str]:
    """As environment variables, so that the application in this process and one under gunicorn read the same."""
    return {
        "FABCLEAN_ENV": "testing",
        "DATABASE_URL": database_url,
        "SECRET_KEY": "for-tests-only-9Tq2vXw7LmZc4RbKd81",
        "JWT_SECRET_KEY": "for-tests-only-3Hs8nYp5GfUe6JxVa02",
        "ADMIN_USER": ADMIN_USER,
        "ADMIN_PASS": ADMIN_PASS,
        **extra,
    }


@contextmanager
def application(database_url: str, instance: Path, **extra: str) -> Iterator[Flask]:
    forget()
    app = create_app(config.load(settings(database_url, **extra), instance=instance))
    try:
        yield app
    finally:
        close(app)
        forget()


@contextmanager
def inside(app: Flask, slug: str = MAIN) -> Iterator[Business]:
    """Where services and queries can be called: in the application, and in one business. Clients belong outside of it."""
    with app.app_context(), tenant_service.use_tenant(slug) as business:
        yield business


def forget() -> None:
    """What the process remembers for some seconds, by an engine's id: the next test's engine may be given the same one.
    And Flask-Limiter adds every application's storage options to those of the one before.
    """
    tenant_service.forget_remembered()
    cast(dict[int, Any], probe._last).clear()
    limiter._storage_options.clear()


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    db.tenant_engines.dispose()
    if isinstance(limiter.storage, SqlRateStorage):
        limiter.storage._engine.dispose()
