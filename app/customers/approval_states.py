from enum import StrEnum


class About(StrEnum):
    """What is looked at before it counts."""

    CUSTOMER = "customer"
    ADDRESS = "address"


class ApprovalState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
