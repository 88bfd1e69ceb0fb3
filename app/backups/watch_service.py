"""Following the installation: a whole archive a day, and every few seconds what has changed since the last one."""

import logging
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.backups import backup_service
from app.backups.backup_service import Following, Made
from app.clients.shelves.shelf import ShelfAway
from app.core import clock

WHOLE_EVERY = timedelta(days=1)
LONGEST_CHAIN = 1500  # each has to be opened by a restore

log = logging.getLogger("fabclean.backup")


def follow(config: Mapping[str, Any], *, every: float, once: bool = False) -> Iterator[Made]:
    """What was made, as it is made. The database, or where archives go, may be away for a while: then it is tried again."""
    chain = Following()
    while True:
        began = time.monotonic()
        if chain.began is not None and (clock.now() - chain.began > WHOLE_EVERY or chain.length >= LONGEST_CHAIN):
            chain = Following()
        whole = chain.last is None
        try:
            if (made := backup_service.follow(config, chain)) is not None:
                yield made
            if whole:
                backup_service.prune(config)
        except (ShelfAway, SQLAlchemyError, OSError) as failure:
            log.error("a backup could not be made; it will be tried again", exc_info=failure)
        if once:
            return
        took = time.monotonic() - began
        if took > every:
            log.warning("copying takes longer than the time between two copies", extra={"seconds": round(took, 1)})
        time.sleep(max(0.0, every - took))
