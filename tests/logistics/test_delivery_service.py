"""Planning and driving with others doing the same at the same moment; beside the guard, what happens without it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core import clock
from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.logistics import delivery_service, offline_service
from app.logistics.errors import NotYourDelivery, StopAlreadyPlanned
from app.logistics.models import Delivery, OfflineEvent
from tests.logistics.stops import CLERK, count, plan
from tests.support.orders import place
from tests.support.people import WANDA, account_id_of
from tests.support.shop import inside


def planned_at_once(app, order_id: str, people: int = 8) -> list[str]:
    """What each of these planners was told."""

    def attempt(_: int) -> str:
        with inside(app):
            try:
                delivery_service.plan({"order_id": order_id, "kind": "PICKUP"}, by=CLERK)
            except DomainError as refused:
                return refused.code
            return "planned"

    with ThreadPoolExecutor(people) as pool:
        return sorted(pool.map(attempt, range(people)))


def test_of_eight_who_plan_one_stop_at_once_one_does(app, admin):
    assert planned_at_once(app, place(admin)["id"]) == ["planned"] + [StopAlreadyPlanned.code] * 7
    assert count(app, Delivery) == 1


def test_without_the_index_the_van_comes_eight_times(app, admin):
    """The control: nothing but the index keeps them apart. If this fails, the test above proves nothing."""
    with inside(app), unit_of_work() as session:
        session.execute(text("DROP INDEX uq_delivery_open_order_kind"), bind_arguments={"clause": Delivery.__table__.select()})
    assert planned_at_once(app, place(admin)["id"]) == ["planned"] * 8
    assert count(app, Delivery) == 8


def test_two_who_end_one_stop_differently_agree_on_one_end(app, admin):
    wanda = Principal(Role.WORKER, "Wanda", "worker", account_id=account_id_of(app, WANDA))
    stop = plan(app, admin)
    with inside(app):
        delivery_service.start(stop["id"], by=wanda)

    def end(number: int) -> str:
        with inside(app):
            try:
                if number % 2:
                    return delivery_service.complete(stop["id"], {"name": "Jane"}, by=wanda).status
                return delivery_service.fail(stop["id"], "Rain", by=wanda).status
            except DomainError as refused:
                return refused.code

    with ThreadPoolExecutor(6) as pool:
        told = sorted(pool.map(end, range(6)))
    assert told[1:] == ["wrong_delivery_step"] * 5
    assert count(app, Delivery) == (2 if told[0] == "FAILED" else 1)


def test_somebody_without_an_account_drives_nothing(app, admin):
    stop = plan(app, admin, worker_id=None)
    with inside(app), pytest.raises(NotYourDelivery):
        delivery_service.start(stop["id"], by=Principal.command_line("tests"))


def test_what_is_too_old_to_be_sent_again_is_forgotten(app, admin):
    wanda = Principal(Role.WORKER, "Wanda", "worker", account_id=account_id_of(app, WANDA))
    at = clock.now() - timedelta(days=10)
    event = {"clientId": "a", "type": "start", "deliveryId": plan(app, admin)["id"], "at": at, "data": {}}
    with inside(app):
        assert offline_service.take_in([event], by=wanda)[0]["status"] == "applied"
        assert offline_service.forget_before(at) == 0
        assert offline_service.forget_before(at + timedelta(milliseconds=1)) == 1
    assert count(app, OfflineEvent) == 0
