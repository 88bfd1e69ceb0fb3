"""How often somebody may try. Counted exactly over all workers: in the control database, or in Redis when there is one."""

import hashlib
import ipaddress
import time

from flask import request
from limits import parse

from app.core.errors import TooMany
from app.core.unit_of_work import stop_reading
from app.extensions import limiter
from app.tenancy.tenant_service import current_business


def spend(rate: str, *key: str) -> None:
    """Count one try under this key, or refuse and say how long to wait.

    Each business counts its own, and what is stored is a hash: the counters lie outside the business's database.
    """
    stop_reading()
    item, name = parse(rate), hashlib.sha256("|".join((current_business().slug, *key)).encode()).hexdigest()
    if not limiter.limiter.hit(item, name):
        reset = limiter.limiter.get_window_stats(item, name).reset_time
        raise TooMany(retry_after=max(1, int(reset - time.time()) + 1))


def network() -> str:
    """The sender's address; of IPv6 the /64, because one household has billions of addresses."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  (a name for "unknown", nothing listens)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
