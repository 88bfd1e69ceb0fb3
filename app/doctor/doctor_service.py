"""One look at everything."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.doctor import data_checks, machine_checks, neighbour_checks
from app.doctor.findings import Finding, Level, mend

Check = Callable[[Mapping[str, Any]], Iterator[Finding]]
WITHOUT_DATABASE: tuple[Check, ...] = (
    machine_checks.secrets,
    machine_checks.network,
    machine_checks.disk,
    machine_checks.permissions,
    neighbour_checks.mail,
    neighbour_checks.counter,
    neighbour_checks.bucket,
    neighbour_checks.backups,
)
WITH_DATABASE: tuple[Check, ...] = (data_checks.sqlite, data_checks.clocks, data_checks.businesses, data_checks.chores, data_checks.jobs)

log = logging.getLogger("fabclean.doctor")


def examine(config: Mapping[str, Any]) -> list[Finding]:
    """Whatever is wrong with one thing, the others are looked at too; those in the database only if there is one."""
    found = list(_look(data_checks.database, config))
    checks = WITHOUT_DATABASE if any(one.level == Level.MEND for one in found) else WITHOUT_DATABASE + WITH_DATABASE
    return found + [finding for check in checks for finding in _look(check, config)]


def _look(check: Check, config: Mapping[str, Any]) -> list[Finding]:
    try:
        return list(check(config))
    except Exception as failure:
        log.warning("a check could not be done", exc_info=failure)
        how = "Tell whoever looks after the program; the log has the rest."
        return [mend(check.__name__, f"This could not be looked at: {type(failure).__name__}: {failure}".splitlines()[0], how)]
