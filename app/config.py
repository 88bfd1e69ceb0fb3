"""Settings come from the environment, once, at the start. In staging and production whatever would be unsafe stops the start."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from app.core.engine import driver_url
from app.core.rate_store import SCHEME
from app.core.session import CONTROL

ROOT = Path(__file__).parents[1]
DEVELOPMENT, TESTING, STAGING, PRODUCTION = ENVIRONMENTS = ("development", "testing", "staging", "production")
SHORTEST_SECRET = 32
SHORTEST_ADMIN_PASSWORD = 12
BUCKET_KEYS = {
    "AWS_ACCESS_KEY_ID": "access_key_id",
    "AWS_SECRET_ACCESS_KEY": "secret_access_key",
    "AWS_REGION": "region",
    "AWS_ENDPOINT_URL": "endpoint",
}
# Words no generated secret contains and every sample does.
SAMPLE_WORDS = ("secret", "change", "your-", "your_", "example", "sample", "default", "password", "placeholder", "fabclean", "admin")

FIXED: dict[str, Any] = {
    # Limits: JSON has a smaller one of its own, uploads will have a larger one.
    "MAX_CONTENT_LENGTH": 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 256 * 1024,
    "MAX_FORM_PARTS": 200,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "JWT_ALGORITHM": "HS256",
    "JWT_DECODE_AUDIENCE": ["customer", "staff"],
    "JWT_ACCESS_TOKEN_EXPIRES": 3600,
    "JWT_REFRESH_TOKEN_EXPIRES": 24 * 3600,
    "PERMANENT_SESSION_LIFETIME": 30 * 24 * 3600,
    "RATELIMIT_HEADERS_ENABLED": False,
    "BOOTSTRAP_SERVE_LOCAL": True,
    "PROPAGATE_EXCEPTIONS": False,
    "BUSINESS_NAME": "FabClean",
    "CURRENCY": "INR",
    "TIMEZONE": "Asia/Kolkata",
    "LANGUAGE": "en",
    "INVOICE_FROM": "",
    "WEBHOOKS_ANYWHERE": False,
    "SMS": None,
    "WHATSAPP": None,
    # How many daily, weekly and monthly backups stay, beside all of the last two days.
    "BACKUP_KEEP": [30, 8, 12],
    "JOBS_IN_SERVER": True,
    "AUDIT_YEARS": 7,
}


class ConfigError(Exception):
    """One line that says what is wrong with the settings and what to do."""


def load(environ: Mapping[str, str] = os.environ, *, instance: Path | None = None) -> dict[str, Any]:
    """``instance`` is where everything lies that must last; ``FABCLEAN_DISK`` names another place for it."""
    environ = with_dotenv(environ)
    name = environ.get("FABCLEAN_ENV", DEVELOPMENT)
    if name not in ENVIRONMENTS:
        raise ConfigError(f"FABCLEAN_ENV is {name!r}; it must be one of {', '.join(ENVIRONMENTS)}")
    strict = name in (STAGING, PRODUCTION)
    if strict and (ROOT / ".env").exists():
        raise ConfigError(f"a .env file lies in the project's folder; it is for development, so in {name} it must not be there")
    instance = instance or Path(environ.get("FABCLEAN_DISK") or ROOT / "instance")
    config: dict[str, Any] = FIXED | _prefixed(environ) | {"ENV_NAME": name, "TESTING": name == TESTING}
    config |= _secrets(environ, instance, strict=strict)
    config["SESSION_COOKIE_SECURE"] = strict
    config["INSTANCE"] = instance
    config["DATABASE_URL"] = _database(environ, instance)
    config["SQLALCHEMY_BINDS"] = {CONTROL: config["DATABASE_URL"]}
    config["ADMIN_USER"], config["ADMIN_PASS"] = environ.get("ADMIN_USER", "admin"), environ.get("ADMIN_PASS", "")
    config["CORS_ORIGINS"] = [origin.strip().rstrip("/") for origin in environ.get("CORS_ORIGINS", "").split(",") if origin.strip()]
    config["TRUSTED_PROXIES"] = _proxies(environ, strict=strict)
    config["PUBLIC_URL"] = environ.get("FABCLEAN_PUBLIC_URL") or environ.get("RENDER_EXTERNAL_URL")
    config["SMTP_URL"], config["MAIL_FROM"] = _mail_server(environ.get("SMTP_URL", "")), environ.get("MAIL_FROM", "")
    config["FILES_URL"], config["FILES_SETTINGS"] = _bucket(environ)
    config["BACKUP_URL"], config["BACKUP_KEY"] = _shelf(environ, instance), environ.get("BACKUP_KEY", "")
    config["REDIS_URL"] = environ.get("REDIS_URL", "")
    config["METRICS_TOKEN"], config["SENTRY_DSN"] = environ.get("METRICS_TOKEN", ""), environ.get("SENTRY_DSN", "")
    config |= _counting(environ, config["DATABASE_URL"])
    if type(config["AUDIT_YEARS"]) is not int or config["AUDIT_YEARS"] < 1:
        raise ConfigError("FABCLEAN_AUDIT_YEARS is how many years the audit is kept: a whole number, 1 or more")
    for name in ("SMS", "WHATSAPP"):
        _check_gateway(name, config[name])
    if strict:
        _refuse_unsafe(environ, config)
    return config


def with_dotenv(environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The environment, and in development whatever ``.env`` adds to it."""
    if environ.get("FABCLEAN_ENV", DEVELOPMENT) != DEVELOPMENT:
        return environ
    return {name: text for name, text in dotenv_values(ROOT / ".env").items() if text} | dict(environ)


def _prefixed(environ: Mapping[str, str]) -> dict[str, Any]:
    """Any other key as ``FABCLEAN_<KEY>``: JSON when it reads as JSON, text otherwise, as Flask does it."""
    config = {}
    for name, text in environ.items():
        if name.startswith("FABCLEAN_") and name != "FABCLEAN_ENV":
            try:
                config[name.removeprefix("FABCLEAN_")] = json.loads(text)
            except ValueError:
                config[name.removeprefix("FABCLEAN_")] = text
    return config


def _secrets(environ: Mapping[str, str], instance: Path, *, strict: bool) -> dict[str, str]:
    given = {name: environ.get(name, "") for name in ("SECRET_KEY", "JWT_SECRET_KEY")}
    if not strict and not all(given.values()):
        generated = _generated(instance / "secrets.json", tuple(given))
        given = {name: value or generated[name] for name, value in given.items()}
    return given


def _generated(file: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Development secrets, made once. Of several processes that start together one writes, the others read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump({name: secrets.token_urlsafe(48) for name in names}, out)
    try:
        os.link(draft, file)  # fails when another process was first, and never shows half a file
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return dict(json.loads(file.read_text()))


def _database(environ: Mapping[str, str], instance: Path) -> str:
    url = driver_url(environ.get("DATABASE_URL", "") or "sqlite:///fabclean.db")
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite":
        if not path or path == ":memory:":
            raise ConfigError("DATABASE_URL names a database in memory, which is gone with the process; name a file")
        return f"sqlite:///{path if path.startswith('/') else instance / path}"
    if not url.startswith("postgresql+psycopg://"):
        raise ConfigError("DATABASE_URL must begin with sqlite:///, postgres:// or postgresql://")
    return url


def _proxies(environ: Mapping[str, str], *, strict: bool) -> int:
    text = environ.get("TRUSTED_PROXIES", "")
    if not text and not strict:
        return 0
    if not text.isdecimal() or int(text) > 10:
        raise ConfigError("TRUSTED_PROXIES must say how many proxies stand in front (0 when none): without it, addresses are guesses")
    return int(text)


def _mail_server(url: str) -> str:
    if url and (urlsplit(url).scheme not in ("smtp", "smtps") or not urlsplit(url).hostname):
        raise ConfigError("SMTP_URL must look like smtp://user:password@host:port, or smtps:// for encryption from the first byte")
    return url


def _check_gateway(name: str, given: Any) -> None:
    if given is None:
        return
    texts = isinstance(given, dict) and all(isinstance(given.get(key), str) for key in ("url", "body"))
    if not texts or not isinstance(given.get("headers", {}), dict) or "{to}" not in given["body"] or "{text}" not in given["body"]:
        example = '{"url": "https://gateway.example/send", "headers": {"Authorization": "…"}, "body": "To={to}&Body={text}"}'
        raise ConfigError(f"FABCLEAN_{name} must look like {example}")


def _bucket(environ: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Without an address files lie in a folder. The keys are named as every program for such buckets reads them."""
    url = environ.get("FILES_URL", "")
    if url and (urlsplit(url).scheme != "s3" or not urlsplit(url).hostname):
        raise ConfigError("FILES_URL must look like s3://bucket or s3://bucket/folder; without it files lie beside the database")
    return url, {meant: environ[name] for name, meant in BUCKET_KEYS.items() if environ.get(name)}


def _shelf(environ: Mapping[str, str], instance: Path) -> str:
    """Where backups go: a folder or a bucket. Beside the data they are better than nothing, and no more than that."""
    url = environ.get("BACKUP_URL", "") or str(instance / "backups")
    if not (url.startswith("/") or (urlsplit(url).scheme == "s3" and urlsplit(url).hostname)):
        raise ConfigError("BACKUP_URL must be a folder such as /mnt/backups, or s3://bucket/folder")
    return url


def _counting(environ: Mapping[str, str], database_url: str) -> dict[str, Any]:
    redis = environ.get("REDIS_URL", "")
    if redis:
        # Wrapped, an unreachable counter is told from a bug: nobody signs in uncounted.
        options = {"socket_timeout": 2, "socket_connect_timeout": 2, "wrap_exceptions": True}
        return {"RATELIMIT_STORAGE_URI": redis, "RATELIMIT_STORAGE_OPTIONS": options}
    return {"RATELIMIT_STORAGE_URI": f"{SCHEME}://", "RATELIMIT_STORAGE_OPTIONS": {"database_url": database_url}}


def _refuse_unsafe(environ: Mapping[str, str], config: dict[str, Any]) -> None:
    for name in ("SECRET_KEY", "JWT_SECRET_KEY"):
        refuse_weak(name, config[name])
    if config["METRICS_TOKEN"]:
        refuse_weak("METRICS_TOKEN", config["METRICS_TOKEN"])
    if config["SECRET_KEY"] == config["JWT_SECRET_KEY"]:
        raise ConfigError("SECRET_KEY and JWT_SECRET_KEY are equal; make two: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
    if config["ADMIN_PASS"] and (len(config["ADMIN_PASS"]) < SHORTEST_ADMIN_PASSWORD or _is_sample(config["ADMIN_PASS"])):
        raise ConfigError(f"ADMIN_PASS is shorter than {SHORTEST_ADMIN_PASSWORD} characters or easy to guess")
    if config.get("DEBUG") or environ.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"):
        raise ConfigError("debug mode is on (FLASK_DEBUG or FABCLEAN_DEBUG); it lets strangers run code")
    if config["WEBHOOKS_ANYWHERE"]:
        raise ConfigError("FABCLEAN_WEBHOOKS_ANYWHERE is on; it lets whoever makes a webhook reach into the private network")
    for origin in config["CORS_ORIGINS"]:
        parts = urlsplit(origin)
        if "*" in origin or parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise ConfigError(f"CORS_ORIGINS holds {origin!r}; list whole origins such as https://shop.example, never a wildcard")
    if environ.get("RENDER") and not environ.get("FABCLEAN_DISK"):
        raise ConfigError("this host forgets its disk at every deploy: mount one, and name its folder in FABCLEAN_DISK")


def refuse_weak(name: str, value: str) -> None:
    how = "make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if not value:
        raise ConfigError(f"{name} is missing; {how}")
    if len(value) < SHORTEST_SECRET:
        raise ConfigError(f"{name} is shorter than {SHORTEST_SECRET} characters; {how}")
    if _is_sample(value) or len(set(value)) < 10:
        raise ConfigError(f"{name} is a sample or easy to guess; {how}")


def _is_sample(value: str) -> bool:
    return any(word in value.lower() for word in SAMPLE_WORDS)
