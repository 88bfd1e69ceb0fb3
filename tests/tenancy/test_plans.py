"""What a plan allows is exact, however many ask at once, and is never in the way of what hangs in the shop already."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.identity.principal import Principal
from app.orders import order_service
from app.places import store_service
from app.tenancy import plan_rules, tenant_service, usage_service
from app.tenancy.errors import PlanLimit
from app.tenancy.models import Tenant
from app.tenancy.plan_rules import TERMS, Limit, Plan
from tests.support.processes import at_once
from tests.support.shop import application, inside, settings

THREADS = 25
ORDER = {"customerName": "Dora", "customerEmail": "dora@example.com", "customerPhone": "555-0100", "serviceIds": ["s1"]}
ALLOWED = TERMS[Plan.FREE].limits[Limit.ORDERS]
BY = Principal.command_line("tests")


def set_plan(app, plan):
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Tenant).values(plan=plan))
    tenant_service.forget_remembered()


@pytest.fixture
def on_plan(app, monkeypatch):
    """The business on the free plan, with its limits made small enough to reach."""

    def choose(plan=Plan.FREE, **limits):
        small = {**TERMS[plan].limits, **{Limit[name.upper()]: count for name, count in limits.items()}}
        monkeypatch.setattr(plan_rules, "TERMS", MappingProxyType({**TERMS, plan: replace(TERMS[plan], limits=small)}))
        set_plan(app, plan)

    return choose


def refused(answer, limit, allowed):
    assert (answer.status_code, answer.json["code"]) == (409, "plan_limit"), answer.text
    assert answer.json["state"] == {"limit": limit, "allowed": allowed}
    assert f"allows {allowed} " in answer.json["error"]


def test_every_plan_has_every_limit_or_none_and_dearer_ones_allow_more():
    plans = [Plan.FREE, Plan.BASIC, Plan.PRO]
    for cheap, dear in pairwise(plans):
        assert TERMS[cheap].price.minor < TERMS[dear].price.minor
        assert all(TERMS[cheap].limits[limit] <= TERMS[dear].limits[limit] for limit in Limit)
        assert TERMS[cheap].features <= TERMS[dear].features
    for unlimited in (Plan.ENTERPRISE, Plan.OWN):
        assert [plan_rules.allowed(unlimited, limit) for limit in Limit] == [None] * len(Limit)


def test_staff_as_many_as_the_plan_allows(on_plan, admin):
    person = {"name": "Nina Novak", "email": "nina@shop.example", "role": "employee", "password": "seventeen calm herons"}
    on_plan(staff=5)  # four are there: the cast, and the administrator
    hired = admin.post("/admin/api/workers", json=person)
    assert hired.status_code == 201, hired.text
    refused(admin.post("/admin/api/workers", json={**person, "email": "olaf@shop.example"}), "staff", 5)
    nina = f"/admin/api/workers/{hired.json['id']}"
    assert admin.delete(nina).status_code in (200, 204)
    assert admin.post("/admin/api/workers", json={**person, "email": "olaf@shop.example"}).status_code == 201
    refused(admin.put(nina, json={"disabled": False}), "staff", 5)  # coming back is coming


def test_customers_as_many_as_the_plan_allows_however_they_come(on_plan, app, client, admin, alice):
    on_plan(Plan.BASIC, customers=4)  # three are there
    new = {"name": "Nina", "email": "nina@example.com", "phone": "555-0101", "password": "three quiet river stones"}
    table = "name,email\nOne,one@example.com\nTwo,two@example.com\n"
    refused(admin.post("/admin/api/imports/customers", data=table, headers={"Content-Type": "text/csv"}), "customers", 4)
    assert client.post("/auth/signup", json=new).status_code == 201
    refused(app.test_client().post("/auth/signup", json={**new, "email": "olaf@example.com"}), "customers", 4)
    refused(client.post("/api/orders", json=ORDER), "customers", 4)
    refused(admin.post("/admin/api/customers", json={"name": "Walk-in"}), "customers", 4)
    assert alice.post("/api/orders", json={**ORDER, "customerEmail": "alice@example.com"}).status_code == 201
    assert client.post("/api/orders", json={**ORDER, "customerEmail": "bob@example.com"}).status_code == 201


def test_orders_as_many_as_the_plan_allows_and_what_is_here_goes_its_way(on_plan, app, alice, employee):
    ids = [alice.post("/api/orders", json=ORDER).json["order"]["id"] for _ in range(2)]
    on_plan(orders=1)  # a smaller plan than yesterday's: two are here
    refused(alice.post("/api/orders", json=ORDER), "orders per month", 1)
    refused(employee.post("/employee/api/orders", json=ORDER), "orders per month", 1)
    for station in ("dispatch", "factory", "processing", "ready", "return", "store", "counter"):
        scanned = employee.post("/employee/api/scans", json={"code": ids[0], "station": station})
        assert scanned.status_code == 200, (station, scanned.text)
    assert scanned.json["status"] == "Collected"
    assert alice.delete(f"/api/orders/{ids[1]}").status_code in (200, 204)
    refused(alice.post("/api/orders", json=ORDER), "orders per month", 1)  # what was taken in counts, cancelled or not


def test_stores_as_many_as_the_plan_allows_however_many_are_added_at_once(on_plan, app, admin):
    on_plan(Plan.PRO, stores=4)  # one is there

    def add(number):
        with inside(app):
            try:
                store_service.create({"code": f"s{number}", "name": "Branch"}, by=BY)
            except PlanLimit:
                return False
            return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(add, range(50))) == 3
    branch = {"code": "north", "name": "North"}
    refused(admin.post("/admin/api/stores", json=branch), "stores", 4)
    on_plan(Plan.PRO, stores=5)
    made = admin.post("/admin/api/stores", json=branch | {"openingHours": {"mon": ["09:00", "18:00"]}})
    assert (made.status_code, made.json["openingHours"]) == (201, {"mon": ["09:00", "18:00"]}), made.text
    assert [admin.post("/admin/api/stores", json={"name": "x", "code": code}).status_code for code in ("", "N", "a b")] == [400] * 3
    on_plan(Plan.PRO, stores=9)
    assert admin.post("/admin/api/stores", json=branch).json["code"] == "store_code_taken"


def test_a_plan_without_tables_takes_none(on_plan, admin):
    on_plan()
    for what, table in (("customers", "name\nOne\n"), ("services", "name,price,duration\nOne,1,1d\n")):
        answer = admin.post(f"/admin/api/imports/{what}", data=table, headers={"Content-Type": "text/csv"})
        assert (answer.status_code, answer.json["code"]) == (403, "not_in_plan"), answer.text


@pytest.fixture(scope="module")
def crowded(databases, tmp_path_factory):
    """One order below what the free plan allows in a month."""
    url = databases.filled()
    with application(url, tmp_path_factory.mktemp("plan")) as app:
        set_plan(app, Plan.FREE)
        with inside(app), unit_of_work():
            for _ in range(ALLOWED - 1):
                order_service.place(ORDER, by=BY)
    yield url
    databases.drop(url)


def taken_in(url, how, allowed, *, processes):
    outputs = at_once(processes, "tests.core.programs.place_at_once", how, str(THREADS), str(allowed), **settings(url))
    return sum(int(output) for output in outputs)


@pytest.mark.slow
def test_of_fifty_who_come_at_once_one_has_the_last_room(crowded):
    """From the threads of two processes. The control beside it counts at the door, and lets several in from one."""
    assert taken_in(crowded, "counted", ALLOWED, processes=2) == 1
    assert taken_in(crowded, "before", ALLOWED + 1, processes=1) > 1


def test_usage_is_recorded_once_a_day_when_the_day_is_over(app, alice, admin, monkeypatch):
    assert alice.post("/api/orders", json={**ORDER, "customerEmail": "alice@example.com"}).status_code == 201
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with app.app_context():
        for _ in range(2):
            assert app.test_cli_runner().invoke(args=["jobs", "run", "record-usage"]).exit_code == 0
        (row,) = usage_service.days_of("main", limit=10)
        assert (row.staff, row.customers, row.orders, row.stores, row.storage_bytes) == (4, 3, 1, 1, 0)
        usage_service.record("main", row.day, dict.fromkeys(("staff", "customers", "orders", "stores", "storage_bytes"), 99))
        assert usage_service.days_of("main", limit=10)[0].orders == 1
    told = app.test_cli_runner().invoke(args=["tenants", "usage"]).output
    assert "main" in told
    assert "staff 4  customers 3" in told
    assert str(row.day) in app.test_cli_runner().invoke(args=["tenants", "usage", "main"]).output
    set_plan(app, Plan.FREE)
    assert "staff 4/3  customers 3/200" in app.test_cli_runner().invoke(args=["tenants", "usage"]).output
