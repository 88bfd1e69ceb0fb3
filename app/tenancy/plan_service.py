"""The limits of the business at hand, where something is made. What is there already is never kept from being finished."""

from collections.abc import Callable
from typing import TypedDict

from sqlalchemy import func, select

from app.core.session import RoutedSession
from app.core.unit_of_work import unit_of_work
from app.core.words import Words, say
from app.tenancy import plan_rules
from app.tenancy.errors import NotInPlan, PlanLimit
from app.tenancy.plan_rules import Feature, Limit
from app.tenancy.tenant_service import current_business

_LOCK = 0x_FAB_C1EA  # the first half of the lock's name; the second is the business and what is counted


def ensure_room(limit: Limit, count: Callable[[], int], *, adding: int = 1) -> None:
    """Inside the unit of work that adds: of any number who ask at once, as many pass as there is room for.

    Whoever adds waits here until everybody before them has committed, and counts after that. Who adds a customer and an order
    asks for the customer first, so that nobody waits in a circle.
    """
    allowed = plan_rules.allowed(current_business().plan, limit)
    if allowed is None:
        return
    with unit_of_work() as session:
        _wait_for_turn(session, limit)
        if count() + adding > allowed:
            raise PlanLimit(_sentence(limit, allowed), state={"limit": str(limit), "allowed": allowed})


class PlanDict(TypedDict):
    plan: str
    price: float
    currency: str
    limits: dict[str, int | None]
    features: list[str]


def all_plans() -> list[PlanDict]:
    return [
        {
            "plan": str(plan),
            "price": terms.price.wire(),
            "currency": terms.price.currency,
            "limits": {limit.name.lower(): plan_rules.allowed(plan, limit) for limit in Limit},
            "features": [feature.name.lower() for feature in Feature if plan_rules.has(plan, feature)],
        }
        for plan, terms in plan_rules.TERMS.items()
    ]


def ensure_feature(feature: Feature) -> None:
    if not plan_rules.has(current_business().plan, feature):
        raise NotInPlan(say("This business's plan does not include %(feature)s.", feature=str(feature)))


def _wait_for_turn(session: RoutedSession, limit: Limit) -> None:
    """Until the transaction ends. On SQLite there is one writer at a time anyway. Businesses in schemas of one database share its
    locks, so the name says whose it is."""
    name = func.hashtext(f"{current_business().slug}/{limit}")
    if session.connection(bind_arguments={"clause": select(name)}).dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK, name)))


def _sentence(limit: Limit, allowed: int) -> Words:
    if limit == Limit.STAFF:
        return say(
            "This business's plan allows %(allowed)s people on its staff, and they are all there. A larger plan makes room.",
            allowed=allowed,
        )
    if limit == Limit.CUSTOMERS:
        return say("This business's plan allows %(allowed)s customers, and it has them all. A larger plan makes room.", allowed=allowed)
    if limit == Limit.STORES:
        return say("This business's plan allows %(allowed)s stores, and it has them all. A larger plan makes room.", allowed=allowed)
    return say(
        "This business's plan allows %(allowed)s orders a month, and this month has them all. A larger plan makes room.", allowed=allowed
    )
