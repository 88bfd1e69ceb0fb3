"""What stands beside it: the mail server, the counter, the bucket, the shelf with the backups."""

import smtplib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis

from app.backups import archive
from app.backups.errors import BackupError
from app.backups.sealing import Keys
from app.clients.files.errors import FileGone
from app.clients.files.places import store_of
from app.clients.mail.routes import NoSafeWay, SmtpRoute
from app.clients.shelves.shelf import ShelfAway, shelf_of
from app.core import clock
from app.core.errors import DomainError
from app.doctor.findings import Finding, fine, mend, note
from app.doctor.machine_checks import is_for_real

OLDEST_BACKUP = timedelta(hours=26)
NOBODYS = "0" * 64


def mail(config: Mapping[str, Any]) -> Iterator[Finding]:
    if not config["SMTP_URL"]:
        waiting = len(list((Path(config["INSTANCE"]) / "outbox").glob("*.eml")))
        said = f"No mail server is set; {waiting} letters lie in outbox/."
        yield (mend if is_for_real(config) else note)("mail", said, "Set SMTP_URL, such as smtp://user:password@host:587.")
        return
    host = urlsplit(config["SMTP_URL"]).hostname
    try:
        SmtpRoute(config["SMTP_URL"], "", "").knock()
    except smtplib.SMTPAuthenticationError:
        yield mend("mail", f"{host} does not take the user and password in SMTP_URL.", "Ask whoever runs the mail server for others.")
    except NoSafeWay:
        yield mend("mail", f"{host} offers no encryption, so no password is sent to it.", "Use smtps://, or port 587.")
    except (OSError, smtplib.SMTPException) as failure:
        yield mend("mail", f"{host} does not answer: {failure}", "Is SMTP_URL right, and does a firewall let this machine out?")
    else:
        yield fine("mail", f"{host} takes letters.")


def counter(config: Mapping[str, Any]) -> Iterator[Finding]:
    url = config["RATELIMIT_STORAGE_URI"]
    if not url.startswith("redis"):
        yield fine("redis", "Tries are counted in the database; Redis is not needed.")
        return
    try:
        with redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3) as server:
            server.ping()
    except redis.RedisError as failure:
        how = "Start Redis or Valkey, or take REDIS_URL away: until then nobody can sign in."
        yield mend("redis", f"{urlsplit(url).hostname} does not answer: {failure}", how)
    else:
        yield fine("redis", f"{urlsplit(url).hostname} counts tries.")


def bucket(config: Mapping[str, Any]) -> Iterator[Finding]:
    if not config["FILES_URL"]:
        yield fine("files", "Uploaded files lie in files/ beside the database.")
        return
    try:
        store_of(config, "main").open(NOBODYS).close()
    except FileGone:
        yield fine("files", f"{config['FILES_URL']} answers.")
    except DomainError as failure:
        why = str(failure.__cause__ or failure).splitlines()[0]
        yield mend("files", f"{config['FILES_URL']} cannot be used: {why}", "Are the bucket, AWS_ENDPOINT_URL and the keys right?")
    else:
        yield fine("files", f"{config['FILES_URL']} answers.")


def backups(config: Mapping[str, Any]) -> Iterator[Finding]:
    worry = mend if is_for_real(config) else note
    try:
        Keys.of(config["BACKUP_KEY"])
        known = archive.labels(shelf_of(config))
    except BackupError as failure:
        yield worry("backups", str(failure), "And keep a copy of the key away from this machine.")
        return
    except ShelfAway as failure:
        yield mend("backups", f"{failure}", "Is BACKUP_URL right, is the disk there, and may the service's user write to it?")
        return
    whole = [label for label in known if label.scope == archive.ALL]
    age = clock.now() - whole[-1].at if whole else None
    if age is None:
        yield worry("backups", "There is no backup yet.", "`flask backup create` makes one, `flask backup watch` all of them.")
    elif age > OLDEST_BACKUP:
        yield mend("backups", f"The last backup is {age.days * 24 + age.seconds // 3600} hours old.", "Is fabclean-backup.service running?")
    else:
        yield fine("backups", f"The last backup is {age.total_seconds() / 60:.0f} minutes old.")
    if config["BACKUP_URL"].startswith(str(config["INSTANCE"])):
        yield note("backups", "Backups lie on the disk that they are to protect from.", "Set BACKUP_URL to another disk or a bucket.")
