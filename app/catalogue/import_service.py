"""A price list from a table. A service that is known, by its id or else by its name, is brought up to date; any other is new."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.audit import audit_service
from app.catalogue import queries
from app.catalogue.errors import ServiceIdTaken
from app.catalogue.models import Service, ServiceDict
from app.core import clock
from app.core.actor import Actor
from app.core.constraints import refusing
from app.core.money import BadAmount, Money
from app.core.tables.report import Report
from app.core.unit_of_work import unit_of_work
from app.core.words import say
from app.tenancy import plan_service
from app.tenancy.plan_rules import Feature
from app.tenancy.tenant_service import current_business

Rows = Sequence[tuple[int, Mapping[str, Any]]]


class _Refused(Exception):
    """This row does not do; the others are looked at all the same."""


@dataclass(slots=True)
class _Plan:
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[Service, dict[str, Any]]] = field(default_factory=list)


def bring_in(rows: Rows, report: Report, *, dry_run: bool, by: Actor) -> None:
    """``rows``: each with its number in the table, and what ``ServiceRow`` made of it. All of them, or none."""
    plan_service.ensure_feature(Feature.IMPORTS)
    if dry_run:
        _plan(rows, report)
        return
    with unit_of_work() as session, refusing({"pk_service": ServiceIdTaken}):
        plan = _plan(rows, report)
        report.ensure_complete()
        now = clock.now()
        before = {service.id: service.to_dict() for service, _ in plan.changed}
        for service, changes in plan.changed:
            for name, value in (changes | {"updated_at": now}).items():
                setattr(service, name, value)
        made = [Service(**values, created_at=now, updated_at=now) for values in plan.new]
        session.add_all(made)
        session.flush()
        audit_service.record_many("service.created", {_subject(one): (None, _state(one)) for one in made}, by=by)
        changes_of = {_subject(one): (dict(before[one.id]), _state(one)) for one, _ in plan.changed}
        audit_service.record_many("service.updated", changes_of, by=by)
        audit_service.record("services.imported", "table:services", by=by, after=dict(report.counts))


def _plan(rows: Rows, report: Report) -> _Plan:
    plan, seen = _Plan(), dict[str, int]()
    known, named = dict[str, Service](), defaultdict[str, list[Service]](list)
    for one in queries.all_services():
        known[one.id] = one
        named[one.name.casefold()].append(one)
    for row, data in rows:
        try:
            service = _meant(data, known, named)
            _refuse_twice(row, service.id if service else data.get("id"), data["name"], seen)
            values = _values(data, service)
        except _Refused as refused:
            report.refuse(row, refused.args[0])
        except BadAmount as refused:
            report.refuse(row, fields={"price": [str(refused)]})
        else:
            _add(plan, report, row, service, values)
    return plan


def _meant(data: Mapping[str, Any], known: Mapping[str, Service], named: Mapping[str, list[Service]]) -> Service | None:
    if "id" in data:
        return known.get(data["id"])
    same = named.get(data["name"].casefold(), [])
    if len(same) > 1:
        raise _Refused(say("Several services have this name, so the row has to say which by its id."))
    return same[0] if same else None


def _refuse_twice(row: int, service_id: str | None, name: str, seen: dict[str, int]) -> None:
    """Two rows about one service would leave it to chance which of them counts."""
    key = f"id:{service_id}" if service_id else f"name:{name.casefold()}"
    if (first := seen.setdefault(key, row)) != row:
        raise _Refused(say("Row %(row)s is about the same service.", row=first))


def _values(data: Mapping[str, Any], service: Service | None) -> dict[str, Any]:
    """The columns as they will be; of a service that is known, only those that change."""
    currency = service.currency if service else current_business().currency
    if data.get("currency", currency) != currency:
        raise _Refused(say("The price is in %(given)s, but prices here are in %(ours)s.", given=data["currency"], ours=currency))
    price, hours = Money.of(data["price"], currency), int(data["duration"].removesuffix("h"))
    values = {"name": data["name"], "price_minor": price.minor, "duration_hours": hours}
    if service is None:
        made_up = f"s-{secrets.token_hex(4)}"
        return {**values, "id": data.get("id", made_up), "currency": currency, "active": data.get("active", True)}
    values["active"] = data.get("active", service.active)
    return {name: value for name, value in values.items() if getattr(service, name) != value}


def _add(plan: _Plan, report: Report, row: int, service: Service | None, values: dict[str, Any]) -> None:
    if service is None:
        plan.new.append(values)
        report.add(row, "created", values["name"])
    elif values:
        plan.changed.append((service, values))
        report.add(row, "updated", values.get("name", service.name))
    else:
        report.add(row, "skipped", service.name, say("It is like this already."))


def _subject(service: Service) -> str:
    return f"service:{service.id}"


def _state(service: Service) -> dict[str, Any]:
    shown: ServiceDict = service.to_dict()
    return dict(shown)
