"""What a month costs: each day what its plan costs a day, so that whoever comes, goes or changes the plan pays for what they had."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.money import Money
from app.tenancy.plan_rules import TERMS, Plan

PAID = tuple(str(plan) for plan, terms in TERMS.items() if terms.price.minor)


@dataclass(frozen=True, slots=True)
class Line:
    plan: str
    days: int
    amount: Money


def lines(days_on: Mapping[str, int], days_in_month: int) -> list[Line]:
    """One for each plan that costs something, in the order of the plans. A whole month is exactly the price."""
    return [
        Line(str(plan), days_on[plan], _share(TERMS[plan].price, days_on[plan], days_in_month)) for plan in Plan if _costs(plan, days_on)
    ]


def _costs(plan: Plan, days_on: Mapping[str, int]) -> bool:
    return str(plan) in PAID and days_on.get(plan, 0) > 0


def _share(price: Money, days: int, days_in_month: int) -> Money:
    """To the nearest minor unit, a half upwards."""
    return Money((2 * price.minor * days + days_in_month) // (2 * days_in_month), price.currency)


def total(parts: list[Line]) -> Money:
    whole = parts[0].amount
    for part in parts[1:]:
        whole = whole + part.amount
    return whole
