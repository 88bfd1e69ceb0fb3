"""A business comes and goes: registered, opened, changed, suspended, and deleted in two steps."""

import hashlib
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import is_currency
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit import chain_service
from app.core import clock
from app.core.constraints import refusing
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.core.words import LANGUAGES, say
from app.extensions import db
from app.tenancy import home_service, plan_rules, tenant_service
from app.tenancy.errors import (
    BadHome,
    BadHost,
    BadSetting,
    HomeTaken,
    HostTaken,
    NotInPlan,
    NotMain,
    SlugTaken,
    UnknownHost,
    UnknownTenant,
    WrongCode,
    WrongState,
)
from app.tenancy.home_service import Kind
from app.tenancy.models import LEAVING, MAKING, OPEN, SUSPENDED, Tenant, TenantHealth, TenantHost, TenantUsage
from app.tenancy.plan_rules import Feature, Plan
from app.tenancy.tenant_service import MAIN

HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of one business."""

    slug: str
    status: str
    plan: str
    name: str
    hosts: list[str]

    @property
    def is_open(self) -> bool:
        return self.status == OPEN

    @property
    def is_being_made(self) -> bool:
        return self.status == MAKING


def reserve(
    slug: str, settings: Mapping[str, str | None], *, hosts: Sequence[str], kind: Kind | None, folder: Path, taken_hosts: Sequence[str] = ()
) -> bool:
    """The name, the hosts and the place of a new business: from here on they are its own, and nobody is served by it yet.

    What was begun before is taken up again as it was registered. Says whether there is anything to be made: not of one that is open.
    """
    tenant_service.check_slug(slug)
    hosts = [_checked_host(host, taken_hosts) for host in hosts]
    _check(settings)
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        known = session.get(Tenant, slug)
    if known is not None:
        if known.name != settings["name"] or known.status not in (MAKING, OPEN):
            raise SlugTaken
        return known.status == MAKING
    stored = home_service.name_for(slug, kind, folder)
    if not home_service.is_free(stored) or (folder / "files" / slug).exists():
        raise HomeTaken
    with refusing({"pk_control_tenant_host": HostTaken}):
        tenant_service.register(slug, **settings, database_url=stored, hosts=tuple(hosts), status=MAKING)  # type: ignore[arg-type]
    return True


def register_again(slug: str, settings: Mapping[str, Any], *, hosts: Sequence[str], home: str) -> None:
    """One that comes back from a backup; ``open_up`` is the last step here too."""
    if not home_service.is_free(home):
        raise HomeTaken
    with refusing({"pk_control_tenant_host": HostTaken}):
        tenant_service.register(slug, **settings, database_url=home, hosts=tuple(hosts), status=MAKING)


def make_home(slug: str) -> None:
    home_service.make(str(_get(slug).database_url))
    tenant_service.migrate(slug)


def open_up(slug: str) -> None:
    _move(slug, OPEN, (MAKING,))


def suspend(slug: str) -> None:
    """Reaches every worker process within seconds."""
    _move(slug, SUSPENDED, (OPEN,))


def resume(slug: str) -> None:
    """Also of one that was to be deleted: its code is worthless then."""
    _move(slug, OPEN, (SUSPENDED, LEAVING))


def change(slug: str, settings: Mapping[str, str | None], *, hosts: Sequence[str] = (), taken_hosts: Sequence[str] = ()) -> None:
    """``hosts`` come to those it has. What a plan no longer allows stays as it is; only more of it is refused."""
    hosts = [_checked_host(host, taken_hosts) for host in hosts]
    _check(settings)
    with refusing({"pk_control_tenant_host": HostTaken}), unit_of_work() as session:
        tenant = _get(slug)
        for name, value in settings.items():
            setattr(tenant, name, value)
        session.add_all(TenantHost(host=host, tenant_slug=slug) for host in hosts)
    tenant_service.forget_remembered()


def drop_host(slug: str, host: str) -> list[str]:
    """Returns those it has left. Whoever comes to this one sees the first business from then on."""
    with unit_of_work() as session:
        mine = TenantHost.tenant_slug == slug
        if session.affected(delete(TenantHost).where(mine, TenantHost.host == host)) != 1:
            raise UnknownHost
        left = list(session.scalars(select(TenantHost.host).where(mine).order_by(TenantHost.host)))
    tenant_service.forget_remembered()
    return left


def announce_leaving(slug: str) -> str:
    """The first step: nobody is served any more, and everything is still there. Returns the code for the second."""
    if slug == MAIN:
        raise NotMain
    code = secrets.token_hex(4)
    with unit_of_work():
        tenant = _get(slug)
        tenant.status, tenant.deletion_code_hash = LEAVING, _hash(code)
        tenant.status_since = clock.now()
    tenant_service.forget_remembered()
    return code


def confirm_leaving(slug: str, code: str) -> None:
    """Before anything is removed. Whoever still remembers it as open has forgotten when this returns."""
    tenant = _get(slug)
    if tenant.status != LEAVING or not secrets.compare_digest(str(tenant.deletion_code_hash), _hash(code)):
        raise WrongCode
    forgotten = (tenant.status_since or clock.now()) + timedelta(seconds=tenant_service.REMEMBERED_SECONDS)
    time.sleep(max(0.0, (forgotten - clock.now()).total_seconds()))


def has_data(slug: str) -> bool:
    """Of one that leaves: whether the second step has not come so far yet."""
    return not home_service.is_free(str(_get(slug).database_url))


def ensure_data(slug: str) -> None:
    """Of a business in a file: whether the file is there."""
    address = home_service.resolve(_get(slug).database_url)
    if address is not None and address.startswith("sqlite") and not home_service.path_of(address).exists():
        raise BadHome("Its file is missing.")


def remove_data(slug: str) -> None:
    home_service.remove(str(_get(slug).database_url))


def strike_off(slug: str) -> None:
    """The register last: after a crash before it, the second step can be done again."""
    with unit_of_work() as session:
        chain_service.forget_witness(slug)
        session.execute(delete(TenantHealth).where(TenantHealth.tenant_slug == slug))
        session.execute(delete(TenantUsage).where(TenantUsage.tenant_slug == slug))
        session.execute(delete(TenantHost).where(TenantHost.tenant_slug == slug))
        session.execute(delete(Tenant).where(Tenant.slug == slug))
    tenant_service.forget_remembered()


def everybody() -> list[Entry]:
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        hosts: dict[str, list[str]] = {}
        for slug, host in session.execute(select(TenantHost.tenant_slug, TenantHost.host).order_by(TenantHost.host)).tuples():
            hosts.setdefault(slug, []).append(host)
        tenants = session.scalars(select(Tenant).order_by(Tenant.slug))
        return [Entry(one.slug, one.status, one.plan, one.name, hosts.get(one.slug, [])) for one in tenants]


def migrate_all(slugs: Sequence[str] = (), *, parallel: int = 1) -> Iterator[tuple[str, str | None]]:
    """Each business, closed ones too, and what went wrong with it. Whoever has no table yet is left to provisioning."""
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        tenants = session.scalars(select(Tenant).where(Tenant.status != MAKING).order_by(Tenant.slug)).all()
        homes = {tenant.slug: home_service.resolve(tenant.database_url) for tenant in tenants if not slugs or tenant.slug in slugs}
    if set(slugs) - homes.keys():
        raise UnknownTenant
    return home_service.migrate_many(homes, parallel=parallel)


def _get(slug: str) -> Tenant:
    tenant = db.session.get(Tenant, slug)
    if tenant is None:
        raise UnknownTenant
    return tenant


def _move(slug: str, status: str, before: Sequence[str]) -> None:
    with unit_of_work():
        tenant = _get(slug)
        if tenant.status not in before:
            raise WrongState(say("This business is %(status)s, so that cannot be done.", status=tenant.status))
        if tenant.status == LEAVING and not has_data(slug):
            raise WrongState("Its data is deleted already. Confirm the deletion once more, so that the rest goes too.")
        tenant.status, tenant.status_since, tenant.deletion_code_hash = status, clock.now(), None
    tenant_service.forget_remembered()


def _checked_host(host: str, taken: Sequence[str]) -> str:
    host = host.strip().lower().removesuffix(".")
    if not HOST.fullmatch(host):
        raise BadHost
    if host in taken:
        raise HostTaken
    return host


def ensure_may_have(plan: str, hosts: Sequence[str], *, below: str | None) -> None:
    """Any plan has names below the installation's own host; a name of its own is a feature."""
    own = [host for host in hosts if below is None or not host.endswith(f".{below}")]
    if own and not plan_rules.has(plan, Feature.OWN_HOST):
        raise NotInPlan(say("A host of its own (%(host)s) is not in the plan %(plan)s.", host=own[0], plan=plan))


def _check(settings: Mapping[str, str | None]) -> None:
    if not 1 <= len((settings.get("name", "x") or "").strip()) <= 100:
        raise BadSetting("A business's name has 1 to 100 characters.")
    if not is_currency(settings.get("currency") or "INR"):
        raise BadSetting("A currency is three capital letters, such as INR or EUR.")
    if (language := settings.get("language")) is not None and language not in LANGUAGES:
        raise BadSetting(say("The languages are %(languages)s.", languages=", ".join(LANGUAGES)))
    try:
        ZoneInfo(settings.get("timezone") or "UTC")
    except (KeyError, ValueError, OSError) as failure:
        raise BadSetting("A time zone is a name such as Asia/Kolkata or Europe/Berlin.") from failure
    if (plan := settings.get("plan")) is not None and plan not in set(Plan):
        raise BadSetting(say("The plans are %(plans)s.", plans=", ".join(Plan)))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
