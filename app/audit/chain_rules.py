"""What each entry's hash is made of. Whatever is changed here makes every chain that exists look broken."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FIELDS = ("at", "account_id", "actor", "channel", "address", "action", "subject", "before", "after")
# Entries that say from where on the chain can be checked: the first one, and each that tells of older ones being cut off.
BEGUN, CUT = ANCHORING = ("audit.begun", "audit.cut")


def hash_of(previous: str, number: int, entry: Mapping[str, Any]) -> str:
    """SHA-256 over the hash before it, its number and all that the entry says. PostgreSQL does the same itself (``audit_append``)."""
    return hashlib.sha256(f"{previous}{number}{canonical(entry)}".encode()).hexdigest()


def canonical(entry: Mapping[str, Any]) -> str:
    """The same text for what is about to be written and for what is read back, on both engines."""
    at: datetime = entry["at"]
    said = {name: _plain(entry[name]) for name in FIELDS} | {"at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    """PostgreSQL keeps numbers, not how they were written: 1e16 comes back as 10000000000000000."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
