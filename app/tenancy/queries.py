"""The register, read for whoever runs the installation. Nothing here opens a business's own database."""

from collections.abc import Collection, Sequence
from typing import Any, TypedDict

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.core.session import CONTROL
from app.extensions import db
from app.tenancy import plan_rules
from app.tenancy.errors import UnknownTenant
from app.tenancy.models import STATES as STATES
from app.tenancy.models import Tenant, TenantHealth, TenantHost, TenantUsage
from app.tenancy.plan_rules import Limit


class UsedDict(TypedDict):
    """How much of one thing a plan counts, and how much the plan allows; null is any number."""

    used: int
    allowed: int | None


class UsageDict(TypedDict):
    day: str
    staff: UsedDict
    customers: UsedDict
    ordersThisMonth: UsedDict
    stores: UsedDict
    storageBytes: UsedDict


class HealthDict(TypedDict):
    checkedAt: str
    failure: str | None
    revision: str | None
    lastOrderAt: str | None


class BusinessDict(TypedDict):
    slug: str
    name: str
    status: str
    plan: str
    hosts: list[str]
    publicUrl: str | None
    currency: str
    timezone: str
    language: str | None
    createdAt: str
    usage: UsageDict | None
    health: HealthDict | None


def find(*, q: str | None = None, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[BusinessDict]:
    """By short name. ``q`` is part of a short name, a name or a host."""
    query = select(Tenant, TenantHealth).outerjoin(TenantHealth, TenantHealth.tenant_slug == Tenant.slug)
    if q is not None:
        hosted = select(TenantHost.tenant_slug).where(TenantHost.host.contains(q.lower(), autoescape=True))
        named = Tenant.slug.contains(q.lower(), autoescape=True), Tenant.name.icontains(q, autoescape=True)
        query = query.where(or_(*named, Tenant.slug.in_(hosted)))
    if status is not None:
        query = query.where(Tenant.status == status)
    if cursor is not None:
        query = query.where(Tenant.slug > read_cursor(cursor, (str,))[0])
    with _reading() as session:
        page = Page.of(session.execute(query.order_by(Tenant.slug).limit(limit + 1)).all(), limit, lambda row: [row.Tenant.slug])
        return Page(_shown(session, page.rows), page.next_cursor)


def get(slug: str) -> BusinessDict:
    query = select(Tenant, TenantHealth).outerjoin(TenantHealth, TenantHealth.tenant_slug == Tenant.slug)
    with _reading() as session:
        found = _shown(session, session.execute(query.where(Tenant.slug == slug)).all())
    if not found:
        raise UnknownTenant
    return found[0]


def count_by_status() -> dict[str, int]:
    with _reading() as session:
        return dict(session.execute(select(Tenant.status, func.count()).group_by(Tenant.status)).tuples().all())


def _reading() -> Session:
    """A session of its own: the request's speaks with a business."""
    return Session(db.engines[CONTROL].execution_options(reads=True))


def _shown(session: Session, rows: Sequence[Row[Any]]) -> list[BusinessDict]:
    slugs = [row.Tenant.slug for row in rows]
    hosts: dict[str, list[str]] = {slug: [] for slug in slugs}
    named = select(TenantHost.tenant_slug, TenantHost.host).where(TenantHost.tenant_slug.in_(slugs)).order_by(TenantHost.host)
    for slug, host in session.execute(named).tuples():
        hosts[slug].append(host)
    usage = _newest_usage(session, slugs)
    return [_business(row.Tenant, hosts[row.Tenant.slug], usage.get(row.Tenant.slug), row.TenantHealth) for row in rows]


def _newest_usage(session: Session, slugs: Collection[str]) -> dict[str, tuple[TenantUsage, int]]:
    """The newest day of each, and the orders of its month up to it."""
    mine = TenantUsage.tenant_slug.in_(slugs)
    newest = select(TenantUsage.tenant_slug, func.max(TenantUsage.day)).where(mine)
    days = dict(session.execute(newest.group_by(TenantUsage.tenant_slug)).tuples().all())
    if not days:
        return {}
    since = min(days.values()).replace(day=1)
    rows = select(TenantUsage).where(mine, TenantUsage.day >= since).order_by(TenantUsage.day)
    found: dict[str, tuple[TenantUsage, int]] = {}
    for row in session.scalars(rows):
        if row.day >= days[row.tenant_slug].replace(day=1):
            before = found[row.tenant_slug][1] if row.tenant_slug in found else 0
            found[row.tenant_slug] = (row, before + row.orders)
    return found


def _business(tenant: Tenant, hosts: list[str], usage: tuple[TenantUsage, int] | None, health: TenantHealth | None) -> BusinessDict:
    return {
        "slug": tenant.slug,
        "name": tenant.name,
        "status": tenant.status,
        "plan": tenant.plan,
        "hosts": hosts,
        "publicUrl": tenant.public_url,
        "currency": tenant.currency,
        "timezone": tenant.timezone,
        "language": tenant.language,
        "createdAt": clock.wire(tenant.created_at),
        "usage": _usage(tenant.plan, *usage) if usage is not None else None,
        "health": _health(health) if health is not None else None,
    }


def _usage(plan: str, newest: TenantUsage, orders: int) -> UsageDict:
    def of(used: int, limit: Limit) -> UsedDict:
        return {"used": used, "allowed": plan_rules.allowed(plan, limit)}

    return {
        "day": newest.day.isoformat(),
        "staff": of(newest.staff, Limit.STAFF),
        "customers": of(newest.customers, Limit.CUSTOMERS),
        "ordersThisMonth": of(orders, Limit.ORDERS),
        "stores": of(newest.stores, Limit.STORES),
        "storageBytes": of(newest.storage_bytes, Limit.STORAGE),
    }


def _health(row: TenantHealth) -> HealthDict:
    return {
        "checkedAt": clock.wire(row.checked_at),
        "failure": row.failure,
        "revision": row.revision,
        "lastOrderAt": clock.wire(row.last_order_at) if row.last_order_at is not None else None,
    }
