"""Changing what is sold. (The noun is "service", as in washing; hence the name.)"""

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.audit import audit_service
from app.catalogue import queries
from app.catalogue.errors import ServiceIdTaken
from app.catalogue.models import Service
from app.core import clock
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.errors import Invalid, StaleVersion
from app.core.money import BadAmount, Money
from app.core.unit_of_work import unit_of_work
from app.tenancy.tenant_service import current_business

SEEDS = (("s1", "Laundry", 200, "24h"), ("s2", "Dry Cleaning", 300, "48h"), ("s3", "Ironing", 100, "12h"))


def create(data: Mapping[str, Any], *, by: Actor) -> Service:
    service = Service(id=data.get("id") or f"s-{secrets.token_hex(4)}", active=True, currency=current_business().currency)
    _apply(service, data)
    service.created_at = service.updated_at  # one moment, not two
    with unit_of_work() as session, refusing({"pk_service": ServiceIdTaken}):
        session.add(service)
        session.flush()
        audit_service.record("service.created", f"service:{service.id}", by=by, after=service.to_dict())
    return service


def update(service_id: str, data: Mapping[str, Any], *, expected: int | None, by: Actor) -> Service:
    """``expected`` is the version the editor saw; None means they did not say, and the newest wins."""
    with unit_of_work() as session:
        service = _get_version(service_id, expected)
        before = service.to_dict()
        _apply(service, data)
        try:
            session.flush()
        except StaleDataError as failure:  # on PostgreSQL another transaction may have been first
            raise StaleVersion from failure
        audit_service.record("service.updated", f"service:{service.id}", by=by, before=before, after=service.to_dict())
    return service


def retire(service_id: str, *, expected: int | None, by: Actor) -> Service:
    """No longer sold. The row stays: orders point at it."""
    return update(service_id, {"active": False}, expected=expected, by=by)


def seed(*, by: Actor) -> int:
    """The first price list, for a business that has none."""
    with unit_of_work() as session:
        if session.scalar(select(Service.id).limit(1)) is not None:
            return 0
        for service_id, name, price, duration in SEEDS:
            create({"id": service_id, "name": name, "price": Decimal(price), "duration": duration}, by=by)
    return len(SEEDS)


def _get_version(service_id: str, expected: int | None) -> Service:
    service = queries.get(service_id)
    if expected is not None and service.version != expected:
        raise StaleVersion
    return service


def _apply(service: Service, data: Mapping[str, Any]) -> None:
    if "name" in data:
        service.name = data["name"]
    if "price" in data:
        try:
            service.price_minor = Money.of(data["price"], service.currency).minor
        except BadAmount as failure:
            raise Invalid(f"price: {failure}", fields={"price": [str(failure)]}) from failure
    if "duration" in data:
        service.duration_hours = int(data["duration"].removesuffix("h"))
    if "active" in data:
        service.active = data["active"]
    service.updated_at = clock.now()
