"""FabClean: the application factory. It reads as a table of contents; each line is explained where it leads."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

__version__ = "0.1.0"

from app import cli, config, logs, portals, subscriptions, timetable
from app.extensions import bootstrap, cors, db, jwt, limiter, migrate


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """``settings`` are ``config.load()``'s, unless a test brings its own."""
    settings = settings if settings is not None else config.load()
    app = Flask(__name__, template_folder="../templates", instance_path=str(settings["INSTANCE"]))
    app.config.from_mapping(settings)

    logs.init_app(app)
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations/tenant")
    jwt.init_app(app)
    limiter.init_app(app)
    bootstrap.init_app(app)
    if app.config["CORS_ORIGINS"]:
        cors.init_app(app, origins=app.config["CORS_ORIGINS"], expose_headers=["ETag", "Link", "Retry-After", "X-Request-Id"])
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=1)  # type: ignore[method-assign]

    portals.init_app(app)
    cli.init_app(app)
    subscriptions.connect()
    timetable.connect()
    return app
