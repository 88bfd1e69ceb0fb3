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
WITH_DATABASE: tuple[Check, ...] = (data_checks.sqlite, data_checks.clocks, data_checks.chores, data_checks.jobs)
AT_LENGTH: tuple[Check, ...] = (data_checks.businesses,)  # reads all of every database

log = logging.getLogger("fabclean.doctor")


def examine(config: Mapping[str, Any]) -> list[Finding]:
    """Whatever is wrong with one thing, the others are looked at too; those in the database only if there is one."""
    return _all(config, WITH_DATABASE + AT_LENGTH)


def glance(config: Mapping[str, Any]) -> list[Finding]:
    """What does not take long, the worst first."""
    worst_first = [Level.MEND, Level.NOTE, Level.FINE]
    return sorted(_all(config, WITH_DATABASE), key=lambda one: worst_first.index(one.level))


def _all(config: Mapping[str, Any], with_database: tuple[Check, ...]) -> list[Finding]:
    found = list(_look(data_checks.database, config))
    checks = WITHOUT_DATABASE if any(one.level == Level.MEND for one in found) else WITHOUT_DATABASE + with_database
    return found + [finding for check in checks for finding in _look(check, config)]


def _look(check: Check, config: Mapping[str, Any]) -> list[Finding]:
    try:
        return list(check(config))
    except Exception as failure:
        log.warning("a check could not be done", exc_info=failure)
        how = "Tell whoever looks after the program; the log has the rest."
        return [mend(check.__name__, f"This could not be looked at: {type(failure).__name__}: {failure}".splitlines()[0], how)]
