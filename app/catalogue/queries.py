from collections.abc import Collection

from sqlalchemy import bindparam, select

from app.catalogue.errors import UnknownService
from app.catalogue.models import Service
from app.extensions import db

_OFFERED_AMONG = select(Service).where(Service.id.in_(bindparam("service_ids", expanding=True)), Service.active)


def offered() -> list[Service]:
    return list(db.session.scalars(select(Service).where(Service.active).order_by(Service.id)))


def all_services() -> list[Service]:
    return list(db.session.scalars(select(Service).order_by(Service.id)))


def get(service_id: str) -> Service:
    service = db.session.get(Service, service_id)
    if service is None:
        raise UnknownService
    return service


def offered_among(service_ids: Collection[str]) -> dict[str, Service]:
    found = db.session.scalars(_OFFERED_AMONG, {"service_ids": list(service_ids)})
    return {service.id: service for service in found}
