"""Invoices to the businesses of the installation, one for each and each month that cost something, drawn up from the register alone."""

from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.constraints import refusing
from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.core.session import CONTROL
from app.core.unit_of_work import savepoint, unit_of_work
from app.extensions import db
from app.tenancy import invoice_rules
from app.tenancy.errors import AlreadyInvoiced, MonthNotOver, UnknownInvoice
from app.tenancy.models import InvoiceCounter, InvoiceDict, InvoiceUsageDict, Tenant, TenantInvoice, TenantUsage
from app.tenancy.tenant_service import current_business

# The last day's usage may still be on its way on the first of the next month, and never after that.
SETTLED_ON = 2


def draw_up_due(now: datetime) -> list[int]:
    """Everybody's for the month that ended last where they are, once it cannot change any more."""
    months = {slug: month for slug, zone in _zones() if (month := _settled(now, zone))}
    return [number for month in set(months.values()) for number in _draw_up(month, [slug for slug in months if months[slug] == month])]


def draw_up_all(month: date, now: datetime) -> list[int]:
    """Everybody's for one month, those that there are already left as they are. Returns the new ones' numbers."""
    zones = _zones()
    if any(clock.local_day(now, zone).replace(day=1) <= month for _, zone in zones):
        raise MonthNotOver
    return _draw_up(month, [slug for slug, _ in zones])


def draw_up_last(slug: str, now: datetime) -> None:
    """Of a business that is about to be deleted, with its usage: what it has not been invoiced for yet."""
    zone = dict(_zones()).get(slug, "UTC")
    this = clock.local_day(now, zone).replace(day=1)
    for month in (before(this), this):
        _draw_up(month, [slug])


def find(*, slug: str | None = None, month: date | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[InvoiceDict]:
    """The newest first."""
    query = select(TenantInvoice).order_by(TenantInvoice.number.desc()).limit(limit + 1)
    if slug is not None:
        query = query.where(TenantInvoice.tenant_slug == slug)
    if month is not None:
        query = query.where(TenantInvoice.month == month)
    if cursor is not None:
        query = query.where(TenantInvoice.number < read_cursor(cursor, (int,))[0])
    page = Page.of(db.session.scalars(query).all(), limit, lambda row: [row.number])
    return Page([invoice.to_dict() for invoice in page.rows], page.next_cursor)


def get(number: int) -> InvoiceDict:
    invoice = db.session.get(TenantInvoice, number)
    if invoice is None:
        raise UnknownInvoice
    return invoice.to_dict()


def own() -> list[InvoiceDict]:
    """Those of the business at hand, the newest first; not those of another that had its short name before."""
    slug = current_business().slug
    since = select(Tenant.created_at).where(Tenant.slug == slug).scalar_subquery()
    mine = select(TenantInvoice).where(TenantInvoice.tenant_slug == slug, TenantInvoice.drawn_up_at >= since)
    return [invoice.to_dict() for invoice in db.session.scalars(mine.order_by(TenantInvoice.number.desc()))]


def get_own(number: int) -> InvoiceDict:
    """Somebody else's is as unknown as one that never was."""
    invoice = next((invoice for invoice in own() if invoice["number"] == number), None)
    if invoice is None:
        raise UnknownInvoice
    return invoice


def before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def last_month(now: datetime) -> date:
    """The one that is over everywhere."""
    return min(before(clock.local_day(now, zone).replace(day=1)) for _, zone in _zones())


def _settled(now: datetime, zone: str) -> date | None:
    today = clock.local_day(now, zone)
    return before(today.replace(day=1)) if today.day >= SETTLED_ON else None


def _draw_up(month: date, slugs: Sequence[str]) -> list[int]:
    drawn = []
    for slug in sorted(set(_owing(month)) & set(slugs)):
        with suppress(AlreadyInvoiced):
            drawn.append(_draw_up_one(slug, month))
    return drawn


def _draw_up_one(slug: str, month: date) -> int:
    """The number and the invoice are one transaction: of any number who draw it up at once the second writes nothing, and gives the
    number back."""
    with refusing({"uq_control_tenant_invoice_tenant_slug_month": AlreadyInvoiced}), unit_of_work() as session:
        number, tenant = _next_number(), session.get_one(Tenant, slug)
        days = session.scalars(select(TenantUsage).where(TenantUsage.tenant_slug == slug, _within(month))).all()
        parts = invoice_rules.lines(Counter(day.plan or tenant.plan for day in days), _days_in(month))
        whole = invoice_rules.total(parts)
        invoice = TenantInvoice(number=number, tenant_slug=slug, business_name=tenant.name, month=month, drawn_up_at=clock.now())
        invoice.currency, invoice.total_minor = whole.currency, whole.minor
        invoice.lines = [{"plan": part.plan, "days": part.days, "amount_minor": part.amount.minor} for part in parts]
        invoice.usage = _usage(days)
        session.add(invoice)
    return number


def _usage(days: Sequence[TenantUsage]) -> InvoiceUsageDict:
    return {
        "orders": sum(day.orders for day in days),
        "staff": max(day.staff for day in days),
        "customers": max(day.customers for day in days),
        "stores": max(day.stores for day in days),
        "storageBytes": max(day.storage_bytes for day in days),
    }


def _next_number() -> int:
    """Gap-free, as ticket numbers are: the counter's row stays locked until the invoice is written."""
    raised = update(InvoiceCounter).values(last_number=InvoiceCounter.last_number + 1).returning(InvoiceCounter.last_number)
    number = db.session.scalar(raised)
    if number is None:
        with suppress(IntegrityError), savepoint():  # of two first invoices one makes the counter
            db.session.execute(insert(InvoiceCounter).values(id=1, last_number=0))
        number = db.session.scalars(raised).one()
    return number


def _owing(month: date) -> Sequence[str]:
    """Who had a plan that costs something, and has no invoice for that month yet."""
    plan = func.coalesce(TenantUsage.plan, Tenant.plan)
    had = select(TenantUsage.tenant_slug).join(Tenant, Tenant.slug == TenantUsage.tenant_slug).where(_within(month))
    invoiced = select(TenantInvoice.tenant_slug).where(TenantInvoice.month == month)
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        return session.scalars(had.where(plan.in_(invoice_rules.PAID), TenantUsage.tenant_slug.not_in(invoiced)).distinct()).all()


def _within(month: date) -> ColumnElement[bool]:
    return and_(TenantUsage.day >= month, TenantUsage.day < month + timedelta(days=_days_in(month)))


def _days_in(month: date) -> int:
    return monthrange(month.year, month.month)[1]


def _zones() -> list[tuple[str, str]]:
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        return list(session.execute(select(Tenant.slug, Tenant.timezone)).tuples())
