"""How each business was when it was last looked at. Who looks is ``platform``."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.tenancy.models import MAKING, Tenant, TenantHealth


def unseen_since(due: datetime) -> Collection[str]:
    """Whose tables are made, and whom nobody has looked at since."""
    seen = select(Tenant.slug).outerjoin(TenantHealth, TenantHealth.tenant_slug == Tenant.slug)
    unseen = seen.where(Tenant.status != MAKING, or_(TenantHealth.checked_at.is_(None), TenantHealth.checked_at <= due))
    with Session(db.engines[CONTROL].execution_options(reads=True)) as session:
        return session.scalars(unseen.order_by(Tenant.slug)).all()


def claim(slug: str, due: datetime) -> bool:
    """Whether the caller is the one to look. Of any number who ask at once one is."""
    now = clock.now()
    mine = update(TenantHealth).where(TenantHealth.tenant_slug == slug, TenantHealth.checked_at <= due).values(checked_at=now)
    try:
        with unit_of_work() as session:
            if session.affected(mine) == 1:
                return True
            if session.get(TenantHealth, slug) is not None:
                return False
            session.execute(insert(TenantHealth).values(tenant_slug=slug, checked_at=now))
    except IntegrityError:
        return False
    return True


def write(slug: str, *, revision: str | None, last_order_at: datetime | None, failure: str | None) -> None:
    """The newest order stays known of one that cannot be reached."""
    found = {"checked_at": clock.now(), "failure": failure}
    if failure is None:
        found |= {"revision": revision, "last_order_at": last_order_at}
    with unit_of_work() as session:
        if session.affected(update(TenantHealth).where(TenantHealth.tenant_slug == slug).values(**found)) == 0:
            session.execute(insert(TenantHealth).values(tenant_slug=slug, **found))
