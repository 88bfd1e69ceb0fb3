"""The machine and its settings: nothing here needs the database."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app import config as settings
from app.config import PRODUCTION, STAGING
from app.doctor.findings import Finding, fine, mend, note

LEAST_BYTES = 200 * 1024 * 1024
LITTLE_BYTES = 2 * 1024 * 1024 * 1024
OTHERS = 0o077


def is_for_real(config: Mapping[str, Any]) -> bool:
    return config["ENV_NAME"] in (STAGING, PRODUCTION)


def secrets(config: Mapping[str, Any]) -> Iterator[Finding]:
    for name in ("SECRET_KEY", "JWT_SECRET_KEY"):
        try:
            settings.refuse_weak(name, config[name])
        except settings.ConfigError as failure:
            yield mend("secrets", f"{failure}.", f"Set another {name} in the environment and restart; everybody signs in again.")
        else:
            yield fine("secrets", f"{name} is set and long enough.")
    if not is_for_real(config):
        yield note("secrets", f"FABCLEAN_ENV is {config['ENV_NAME']}: unsafe settings are let pass.", "For a shop set it to production.")


def disk(config: Mapping[str, Any]) -> Iterator[Finding]:
    left = shutil.disk_usage(config["INSTANCE"])
    said = f"{left.free / 1e9:.1f} GB of {left.total / 1e9:.0f} GB are free where the data is."
    if left.free < LEAST_BYTES:
        yield mend("disk", said, "Make room now: without it orders are refused. Old backups and logs are the first to go.")
    elif left.free < max(LITTLE_BYTES, left.total // 20):
        yield note("disk", said, "Make room, or get a larger disk.")
    else:
        yield fine("disk", said)


def permissions(config: Mapping[str, Any]) -> Iterator[Finding]:
    folder = Path(config["INSTANCE"])
    if folder.stat().st_mode & OTHERS == 0:  # then nobody gets to what is inside
        open_to_others = []
    else:
        found = [*folder.glob("*.db*"), *folder.glob("tenants/*.db*"), *(folder / name for name in ("secrets.json", "files", "outbox"))]
        open_to_others = [path for path in found if path.exists() and path.stat().st_mode & OTHERS]
    if open_to_others:
        names = ", ".join(str(path.relative_to(folder)) for path in open_to_others[:5])
        yield mend("permissions", f"Other users of this machine can read {names}.", f"chmod -R go= {folder}")
    else:
        yield fine("permissions", "Only the service's own user can read the data.")
    if os.geteuid() != folder.stat().st_uid:
        yield note("permissions", f"{folder} belongs to another user.", "Run commands as the service's own user.")


def network(config: Mapping[str, Any]) -> Iterator[Finding]:
    address = config["PUBLIC_URL"]
    if not address:
        how = "Set it to the address people type, such as https://shop.example."
        made = mend if is_for_real(config) else note
        yield made("network", "FABCLEAN_PUBLIC_URL is not set: no letter with a link can be sent.", how)
    elif is_for_real(config) and urlsplit(address).scheme != "https":
        yield mend(
            "network", f"FABCLEAN_PUBLIC_URL is {address}: over plain HTTP nobody stays signed in.", "Put Caddy or nginx in front: deploy/."
        )
    elif urlsplit(address).scheme == "https" and config["TRUSTED_PROXIES"] == 0:
        how = "Set it to the number of proxies in front; each visitor's own address must be in the log."
        yield mend("network", "HTTPS ends at a proxy, but TRUSTED_PROXIES is 0: all visitors look like one.", how)
    else:
        yield fine("network", f"People reach it at {address}, through {config['TRUSTED_PROXIES']} proxies.")
