"""The register of businesses, and the way into one of them."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import audit_service
from app.core import clock, migrations
from app.core.actor import Actor
from app.core.session import CONTROL, Home
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tenancy.errors import BadSlug, TenantClosed, UnknownTenant
from app.tenancy.models import OPEN, Tenant, TenantHost

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
    home: Home


_business: ContextVar[Business | None] = ContextVar("fabclean_business", default=None)
# Per application (tests run several in a process): {control engine's id: {key: (until, business)}}
_remembered: dict[tuple[int, str, str], tuple[float, Business]] = {}


def current_business() -> Business:
    business = _business.get()
    if business is None:
        raise UnknownTenant
    return business


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
    return _remember("slug", slug, lambda session: session.get(Tenant, slug))


def find_business_by_host(host: str) -> Business:
    name = host.lower().partition(":")[0]  # the same host may be written with its port and in capitals

    def by_host(session: Session) -> Tenant | None:
        mapped = session.scalar(select(Tenant).join(TenantHost).where(TenantHost.host == name))
        return mapped or session.get(Tenant, MAIN)

    return _remember("host", name, by_host)


def forget_remembered() -> None:
    _remembered.clear()


def _remember(kind: str, name: str, look_up) -> Business:  # type: ignore[no-untyped-def]
    key = (id(db.engines[CONTROL]), kind, name)
    until, business = _remembered.get(key, (0.0, None))
    if business is not None and until > time.monotonic():
        return business
    # A session of its own: the caller's may already be speaking with another tenant.
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        tenant = look_up(session)
    if tenant is None:
        raise UnknownTenant
    if tenant.status != OPEN:
        raise TenantClosed
    business = Business(tenant.slug, tenant.name, tenant.currency, tenant.timezone, Home(tenant.slug, tenant.database_url))
    if len(_remembered) > 5000:
        _remembered.clear()
    _remembered[key] = (time.monotonic() + REMEMBERED_SECONDS, business)
    return business


def register(slug: str, name: str, *, currency: str, timezone: str, database_url: str | None = None, hosts: tuple[str, ...] = ()) -> None:
    """Write a business into the register, once; its tables are made by ``migrate``."""
    if not SLUG.fullmatch(slug):
        raise BadSlug
    with unit_of_work() as session:
        if session.get(Tenant, slug) is None:
            session.add(
                Tenant(slug=slug, name=name, currency=currency, timezone=timezone, database_url=database_url, created_at=clock.now())
            )
            session.flush()
            session.add_all(TenantHost(host=host.lower(), tenant_slug=slug) for host in hosts)
    forget_remembered()


def rename(slug: str, name: str, *, by: Actor) -> None:
    """The register may lie in another database than the business's audit, so each is written on its own, the name first."""
    with unit_of_work() as session:
        tenant = session.get_one(Tenant, slug)
        before, tenant.name = tenant.name, name
    forget_remembered()
    audit_service.record("business.renamed", f"business:{slug}", by=by, before={"name": before}, after={"name": name})


def migrate(slug: str) -> None:
    _migrate_home(find_business(slug).home.url)


def _migrate_home(url: str | None) -> None:
    if url is None:
        migrations.upgrade(db.engines[CONTROL], "tenant")
    else:
        migrations.upgrade_url(url, "tenant")


def migrate_all() -> list[str]:
    """The control tables first, then every business. Returns the slugs."""
    migrations.upgrade(db.engines[CONTROL], CONTROL)
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        homes = {tenant.slug: tenant.database_url for tenant in session.scalars(select(Tenant).order_by(Tenant.slug))}
    for url in homes.values():  # closed ones too: they may open again
        _migrate_home(url)
    return list(homes)


def open_slugs() -> list[str]:
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        return list(session.scalars(select(Tenant.slug).where(Tenant.status == OPEN).order_by(Tenant.slug)))
