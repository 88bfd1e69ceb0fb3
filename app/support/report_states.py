from enum import StrEnum


class Severity(StrEnum):
    """As whoever reports it sees it."""

    SMALL = "small"
    HINDERS = "hinders"
    STOPS = "stops"


class Priority(StrEnum):
    """As the office sees it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class ReportStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in progress"
    RESOLVED = "resolved"
    CLOSED = "closed"


FIRST_PRIORITY = {Severity.SMALL: Priority.LOW, Severity.HINDERS: Priority.NORMAL, Severity.STOPS: Priority.HIGH}
