"""What a business pays, and what it gets for it. This page is the whole of it: there is no plan anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.money import Money


class Plan(StrEnum):
    OWN = "own"  # whoever runs the installation for a shop of their own: nothing is counted
    FREE = "free"
    BASIC = "basic"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class Limit(StrEnum):
    STAFF = "staff"  # who may sign in, invited or working
    CUSTOMERS = "customers"
    ORDERS = "orders per month"  # taken in since the month began where the business is
    STORES = "stores"
    STORAGE = "storage bytes"


class Feature(StrEnum):
    OWN_HOST = "own host"  # a host name that is not below ours
    IMPORTS = "imports"  # customers and services from tables


@dataclass(frozen=True, slots=True)
class Terms:
    price: Money  # a month
    limits: Mapping[Limit, int] = field(default_factory=dict)  # what is not listed has none
    features: frozenset[Feature] = frozenset(Feature)


def _terms(price: str, staff: int, customers: int, orders: int, stores: int, gigabytes: int, *features: Feature) -> Terms:
    counts = {Limit.STAFF: staff, Limit.CUSTOMERS: customers, Limit.ORDERS: orders, Limit.STORES: stores}
    return Terms(Money(int(price.replace(".", "")), "USD"), {**counts, Limit.STORAGE: gigabytes * 10**9}, frozenset(features))


TERMS: Mapping[Plan, Terms] = {
    Plan.OWN: Terms(Money(0, "USD")),
    #                    a month  staff  customers  orders  stores  GB
    Plan.FREE: _terms("0.00", 3, 200, 100, 1, 1),
    Plan.BASIC: _terms("29.00", 10, 2_000, 1_000, 1, 10, Feature.IMPORTS),
    Plan.PRO: _terms("99.00", 50, 20_000, 10_000, 5, 100, Feature.IMPORTS, Feature.OWN_HOST),
    Plan.ENTERPRISE: Terms(Money(399_00, "USD")),
}


def allowed(plan: str, limit: Limit) -> int | None:
    """How many at most; None means any number."""
    return TERMS[Plan(plan)].limits.get(limit)


def has(plan: str, feature: Feature) -> bool:
    return feature in TERMS[Plan(plan)].features
