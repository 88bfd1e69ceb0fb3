"""The register of businesses, and the way into one of them."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.session import CONTROL, Home
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tenancy import home_service
from app.tenancy.errors import BadSlug, TenantBeingMade, TenantClosed, UnknownTenant
from app.tenancy.models import MAKING, OPEN, Tenant, TenantHost
from app.tenancy.plan_rules import Plan

MAIN = "main"
SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
REMEMBERED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Business:
    """What everybody may need to know about the business at hand, read once and remembered for seconds."""

    slug: str
    name: str
    currency: str
    timezone: str
    language: str | None
    public_url: str | None  # without it, links begin with the installation's own address
    plan: str
    home: Home
    receipt_text: str | None = None  # at the foot of every receipt


_business: ContextVar[Business | None] = ContextVar("fabclean_business", default=None)
# Per application (tests run several in a process): {(control engine's id, kind, name): (until, business)}
_remembered: dict[tuple[int, str, str], tuple[float, Business | None]] = {}


def current_business() -> Business:
    business = _business.get()
    if business is None:
        raise UnknownTenant
    return business


def find_current() -> Business | None:
    return _business.get()


@contextmanager
def use_tenant(slug: str) -> Iterator[Business]:
    """Everything inside works for this business. There is no other way in, and no default outside."""
    with enter(find_business(slug)) as business:
        yield business


@contextmanager
def enter(business: Business) -> Iterator[Business]:
    with db.at_home(business.home):
        token = _business.set(business)
        try:
            yield business
        finally:
            _business.reset(token)


def find_business(slug: str) -> Business:
    business = _remember("slug", slug, lambda session: session.get(Tenant, slug))
    if business is None:
        raise UnknownTenant
    return business


def find_business_by_host(host: str) -> Business:
    return find_registered(host) or find_business(MAIN)


def find_registered(host: str) -> Business | None:
    """The business whose host this is; None when the register does not know it."""
    # The same host may be written with its port, in capitals, and with a dot at its end.
    name = host.lower().partition(":")[0].removesuffix(".")
    return _remember("host", name, lambda session: session.scalar(select(Tenant).join(TenantHost).where(TenantHost.host == name)))


def find_closed(slug: str) -> Business:
    """For commands that work on a business nobody is served by: one that is being made, is suspended or leaves."""
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        if (tenant := session.get(Tenant, slug)) is None:
            raise UnknownTenant
        return _business_of(tenant)


def forget_remembered() -> None:
    _remembered.clear()


def _remember(kind: str, name: str, look_up: Callable[[Session], Tenant | None]) -> Business | None:
    key = (id(db.engines[CONTROL]), kind, name)
    until, business = _remembered.get(key, (0.0, None))
    if until > time.monotonic():
        return business
    # A session of its own: the caller's may already be speaking with another tenant.
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        tenant = look_up(session)
    if tenant is not None and tenant.status != OPEN:
        raise TenantBeingMade if tenant.status == MAKING else TenantClosed
    business = _business_of(tenant) if tenant is not None else None
    if len(_remembered) > 5000:
        _remembered.clear()
    _remembered[key] = (time.monotonic() + REMEMBERED_SECONDS, business)
    return business


def _business_of(tenant: Tenant) -> Business:
    home = Home(tenant.slug, home_service.resolve(tenant.database_url))
    return Business(
        tenant.slug,
        tenant.name,
        currency=tenant.currency,
        timezone=tenant.timezone,
        language=tenant.language,
        public_url=tenant.public_url,
        plan=tenant.plan,
        home=home,
        receipt_text=tenant.receipt_text,
    )


def check_slug(slug: str) -> None:
    if not SLUG.fullmatch(slug):
        raise BadSlug


def register(
    slug: str,
    name: str,
    *,
    currency: str,
    timezone: str,
    language: str | None = None,
    plan: str = Plan.OWN,
    database_url: str | None = None,
    hosts: tuple[str, ...] = (),
    public_url: str | None = None,
    receipt_text: str | None = None,
    status: str = OPEN,
) -> bool:
    """Write a business into the register, once; its tables are made by ``migrate``. Says whether it was new."""
    check_slug(slug)
    with unit_of_work() as session:
        if session.get(Tenant, slug) is not None:
            return False
        tenant = Tenant(slug=slug, name=name, currency=currency, timezone=timezone, language=language, plan=plan)
        tenant.database_url, tenant.status, tenant.receipt_text = database_url, status, receipt_text
        tenant.public_url = public_url or (f"https://{hosts[0].lower()}" if hosts else None)
        tenant.created_at = tenant.status_since = clock.now()
        session.add(tenant)
        session.flush()
        session.add_all(TenantHost(host=host.lower(), tenant_slug=slug) for host in hosts)
    forget_remembered()
    return True


def present(slug: str, name: str, receipt_text: str | None, *, by: Actor) -> None:
    """What it is called, and what its receipts end with. The register may lie in another database than the business's audit, so each
    is written on its own, the register first."""
    with unit_of_work() as session:
        tenant = session.get_one(Tenant, slug)
        before = {"name": tenant.name, "receiptText": tenant.receipt_text}
        tenant.name, tenant.receipt_text = name, receipt_text or None
        after = {"name": tenant.name, "receiptText": tenant.receipt_text}
    forget_remembered()
    audit_service.record(
        "business.renamed" if before["name"] != name else "business.changed", f"business:{slug}", by=by, before=before, after=after
    )


def migrate(slug: str) -> None:
    home_service.migrate(find_closed(slug).home.url)


@dataclass(frozen=True, slots=True)
class Served:
    """What it takes to know when something is due at a business."""

    slug: str
    timezone: str
    created_at: datetime


def open_businesses() -> list[Served]:
    columns = select(Tenant.slug, Tenant.timezone, Tenant.created_at).where(Tenant.status == OPEN).order_by(Tenant.slug)
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        return [Served(*row) for row in session.execute(columns).tuples()]


def open_slugs() -> list[str]:
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        return list(session.scalars(select(Tenant.slug).where(Tenant.status == OPEN).order_by(Tenant.slug)))
