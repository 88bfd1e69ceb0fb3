"""What each business had, day by day, in the register: invoices are drawn up from it without asking everybody's database."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tenancy import plan_rules
from app.tenancy.models import TenantUsage
from app.tenancy.plan_rules import Limit
from app.tenancy.tenant_service import current_business


def is_recorded(slug: str, day: date) -> bool:
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        return session.get(TenantUsage, (slug, day)) is not None


def record(slug: str, day: date, usage: Mapping[str, int], *, plan: str | None = None) -> None:
    """Once: of several processes that do it at the same moment, the first has it."""
    try:
        with unit_of_work() as session:
            session.execute(insert(TenantUsage).values(tenant_slug=slug, day=day, plan=plan, **usage))
    except IntegrityError:
        if not is_recorded(slug, day):
            raise


def days_of(slug: str, *, limit: int) -> Sequence[TenantUsage]:
    """The newest first."""
    rows = select(TenantUsage).where(TenantUsage.tenant_slug == slug).order_by(TenantUsage.day.desc()).limit(limit)
    return db.session.scalars(rows).all()


def against_plan(usage: Mapping[str, int]) -> list[str]:
    """Of the business at hand: ``staff 2/3``, or without a limit ``staff 2``."""
    plan, told = current_business().plan, []
    for limit, count in zip(Limit, usage.values(), strict=True):
        allowed = plan_rules.allowed(plan, limit)
        told.append(f"{limit} {count}" if allowed is None else f"{limit} {count}/{allowed}")
    return told
