from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from app.audit import audit_service
from app.core import clock
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.errors import StaleVersion
from app.core.unit_of_work import unit_of_work
from app.places import queries
from app.places.errors import StoreCodeTaken
from app.places.models import Store
from app.places.opening_rules import Opening
from app.tenancy import plan_service
from app.tenancy.plan_rules import Limit

FIRST_CODE = "main"


def seed_first_store(name: str) -> None:
    with unit_of_work() as session:
        if session.scalar(select(Store.id).limit(1)) is None:
            session.add(Store(code=FIRST_CODE, name=name, created_at=clock.now()))


def create(data: Mapping[str, Any], *, by: Actor) -> Store:
    """One more, as far as the plan allows. Orders are taken in at the first one."""
    store = Store(code=data["code"], name=data["name"], opening_hours=data.get("openingHours"), created_at=clock.now())
    store.closed_days = sorted({day.isoformat() for day in data.get("closedDays", ())})
    store.receipt_text = data.get("receiptText")
    with unit_of_work() as session, refusing({"uq_store_code": StoreCodeTaken}):
        counted = select(func.count()).select_from(Store)
        plan_service.ensure_room(Limit.STORES, lambda: session.scalars(counted).one())
        session.add(store)
        session.flush()
        audit_service.record("store.created", f"store:{store.id}", by=by, after=store.to_dict())
    return store


def opening_of(store: Store, zone: str) -> Opening:
    return Opening.of(zone, store.opening_hours, store.closed_days)


def update(store_id: int, data: Mapping[str, Any], *, expected: int | None, by: Actor) -> Store:
    with unit_of_work() as session:
        store = queries.get(store_id)
        if expected not in (None, store.version):
            raise StaleVersion
        before = store.to_dict()
        store.name = data.get("name", store.name)
        store.opening_hours = data.get("openingHours", store.opening_hours)
        store.receipt_text = data.get("receiptText", store.receipt_text)
        if "closedDays" in data:
            store.closed_days = sorted({day.isoformat() for day in data["closedDays"]})
        try:
            session.flush()
        except StaleDataError as failure:
            raise StaleVersion from failure
        audit_service.record("store.updated", f"store:{store.id}", by=by, before=before, after=store.to_dict())
    return store
