"""How each business is, looked at every hour and written into the register, so that a list of all of them opens nobody's database."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import text

from app.core import clock, migrations
from app.extensions import db
from app.orders import queries as orders
from app.tenancy import health_service as records
from app.tenancy import home_service, lifecycle_service, tenant_service

EVERY = timedelta(hours=1)

log = logging.getLogger("fabclean.health")


def look_at_all(*, older_than: timedelta = EVERY) -> None:
    """Those nobody has looked at since; of several processes that want to, one does."""
    due = clock.now() - older_than
    for slug in records.unseen_since(due):
        if records.claim(slug, due):
            look_at(slug)


def look_at(slug: str) -> None:
    """Whatever is wrong with it is what there is to be written down."""
    try:
        revision, last_order = _look(slug)
        records.write(slug, revision=revision, last_order_at=last_order, failure=None)
    except Exception as failure:
        log.warning("a business is not well", extra={"tenant": slug, "failure": type(failure).__name__})
        records.write(slug, revision=None, last_order_at=None, failure=home_service.said_of(failure))


def _look(slug: str) -> tuple[str | None, datetime | None]:
    business = tenant_service.find_closed(slug)
    lifecycle_service.ensure_data(slug)  # SQLite would make an empty file of one that is missing
    with tenant_service.enter(business):
        revision = db.session.scalar(text("SELECT version_num FROM alembic_version_tenant"))
        # A business that is behind may lack a column that the query knows, and that is no failure of its own.
        last_order = orders.last_taken_in() if revision == newest_revision() else None
    return revision, last_order


def newest_revision() -> str | None:
    return migrations.head("tenant")
