"""What programs can be told of, when a failed try is repeated, and when an endpoint counts as gone."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum


class Topic(StrEnum):
    ORDER_PLACED = "order.placed"
    ORDER_MOVED = "order.moved"
    DELIVERY_PLANNED = "delivery.planned"
    DELIVERY_MOVED = "delivery.moved"
    BATCH_CREATED = "transit_batch.created"
    BATCH_MOVED = "transit_batch.moved"
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_MERGED = "customer.merged"
    CUSTOMER_ERASED = "customer.erased"


TEST = "webhook.test"  # sent on request only, to whoever is subscribed to whatever
# The first try is at once; after each that failed, so long until the next. Three days and three hours in all.
WAITS = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5), timedelta(hours=10),
    timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
GIVEN_UP_AFTER = timedelta(days=3)  # an endpoint that took nothing for so long is switched off
LONGEST_WISH = timedelta(hours=24)  # how long a receiver may ask to be left alone
GONE = 410
OLD_SECRET_LASTS = timedelta(hours=24)
SECRET_BYTES = 32
PREFIX = "whsec_"
TIMESTAMP = "webhook-timestamp"


def next_try(attempts: int, now: datetime, retry_after: str | None = None) -> datetime | None:
    """After so many tries that failed; None when it is not tried again."""
    if attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1]
    if retry_after is not None and retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 8:
        wait = max(wait, min(timedelta(seconds=int(retry_after)), LONGEST_WISH))
    return now + wait


def is_gone(failing_since: datetime, now: datetime) -> bool:
    return now - failing_since >= GIVEN_UP_AFTER


def taken(status: int) -> bool:
    return 200 <= status < 300


def headers(message_id: str, now: datetime, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """A signature for each secret, so that a receiver who still has the old one is not lost in the middle of a change."""
    timestamp = str(int(now.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    keys = [b64decode(secret.removeprefix(PREFIX)) for secret in secrets]
    signatures = [f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys]
    return {
        "content-type": "application/json",
        "user-agent": "FabClean",
        "webhook-id": message_id,
        TIMESTAMP: timestamp,
        "webhook-signature": " ".join(signatures),
    }


def secret_of(key: bytes) -> str:
    return PREFIX + b64encode(key).decode()
