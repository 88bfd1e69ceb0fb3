"""Structured logs: one JSON object a line, with the request, the business and the person on every line that belongs to one."""

import logging
import sys
from typing import Any

import orjson
import structlog
from flask import Flask, g, has_request_context

from app import __version__
from app.tenancy import tenant_service


def init_app(app: Flask) -> None:
    level = logging.DEBUG if app.config.get("LOG_LEVEL") == "DEBUG" else logging.INFO
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_whose,
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer(serializer=_json)],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    for name in ("fabclean", app.logger.name, "flask-limiter", "huey"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level if name == "fabclean" else logging.WARNING)
    if app.config["SENTRY_DSN"]:
        _tell_sentry(app.config["SENTRY_DSN"])


def _tell_sentry(dsn: str) -> None:
    """Of errors, if somebody wants that: their kind and where in the program. Nobody's data: no request, no values, no words of theirs."""
    try:
        import sentry_sdk  # an extra
    except ImportError:
        logging.getLogger("fabclean").warning("SENTRY_DSN is set, but sentry-sdk is not installed: pip install sentry-sdk")
        return
    quiet: Any = {"include_local_variables": False, "include_source_context": False, "max_breadcrumbs": 0, "max_request_body_size": "never"}
    sentry_sdk.init(dsn, before_send=_without_data, release=__version__, server_name="", **quiet)


def _without_data(event: Any, _: Any) -> Any:
    kept = {"event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk", "exception"}
    line = _add_whose(None, "", {})
    for one in event.get("exception", {}).get("values", ()):
        one["value"] = ""  # a database says which e-mail address was there already
    return {key: value for key, value in event.items() if key in kept} | {"tags": {"request_id": line.get("request_id")}}


def _add_whose(_: object, __: str, line: dict[str, Any]) -> dict[str, Any]:
    """Of chores and commands, which have no request, the business at least."""
    if (business := tenant_service.find_current()) is not None:
        line.setdefault("tenant", business.slug)
    if has_request_context():
        principal = g.get("principal")
        line |= {"request_id": g.get("request_id"), "account": principal.account_id if principal else None}
    return line


def _json(line: Any, **_: Any) -> str:
    return orjson.dumps(line, default=str).decode()
