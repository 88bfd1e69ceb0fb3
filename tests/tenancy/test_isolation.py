"""Two businesses with the same ids, e-mails and service codes. No row of one is ever seen in the other, in any kind of home."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask_jwt_extended import create_access_token
from sqlalchemy import func, select, update

from app.catalogue import service_service
from app.catalogue.models import Service
from app.core.unit_of_work import unit_of_work
from app.customers.models import Customer
from app.extensions import db
from app.identity import key_service, session_service
from app.identity.models import Account, ApiKey
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.orders.models import Order
from app.places import store_service
from app.tenancy import tenant_service
from tests.support import people
from tests.support.shop import application, inside

SLUGS = ("north", "south")
THREADS, REQUESTS = 8, 200
# Where the tenants' tables are, and where the register is.
KINDS = {"file": "sqlite", "database": "postgresql", "schema": "postgresql"}


@pytest.fixture(params=[kind if home == "sqlite" else pytest.param(kind, marks=pytest.mark.postgresql) for kind, home in KINDS.items()])
def shops(request, tmp_path):
    """An application with two businesses beside the first one."""
    databases = request.getfixturevalue(f"{KINDS[request.param]}_databases")
    url = databases.filled()
    homes = {slug: f"{url}#{slug}" if request.param == "schema" else databases.empty() for slug in SLUGS}
    with application(url, tmp_path, TRUSTED_PROXIES="1") as app:
        for slug, home in homes.items():
            open_shop(app, slug, home)
        yield app
    for each in {url, *(home.partition("#")[0] for home in homes.values())}:
        databases.drop(each)


def open_shop(app, slug, home):
    by = Principal.command_line("tests")
    with app.app_context():
        tenant_service.register(slug, slug.title(), currency="INR", timezone="Asia/Kolkata", database_url=home, hosts=(f"{slug}.example",))
        tenant_service.migrate(slug)
    with inside(app, slug):
        store_service.seed_first_store(slug)
        service_service.seed(by=by)
        people.move_in()
        with unit_of_work() as session:
            session.execute(update(Service).values(name=f"{slug} service"))


class Visitor:
    """Somebody who speaks with one business only, through the same application as everybody else."""

    def __init__(self, app, slug):
        self.slug, self.other = slug, SLUGS[1 - SLUGS.index(slug)]
        self.client = app.test_client()
        self.base = f"http://{slug}.example"
        self.bearer = people.bearer_of(app, people.ALICE, business=slug)

    def place(self, address):
        order = {
            "customerName": f"{self.slug} guest",
            "customerEmail": "alice@example.com",
            "customerPhone": "555-0100",
            "serviceIds": ["s1"],
        }
        return self.client.post("/api/orders", base_url=self.base, json=order, headers=self._headers(address))

    def orders(self, address):
        return self.client.get("/api/orders?limit=5", base_url=self.base, headers=self._headers(address))

    def services(self, address):
        return self.client.get("/api/services", base_url=self.base, headers=self._headers(address))

    def with_the_wrong_key(self, address):
        return self.client.get("/api/orders", base_url=f"http://{self.other}.example", headers=self._headers(address))

    def _headers(self, address):
        return {**self.bearer, "X-Forwarded-For": address}


@pytest.mark.slow
def test_nothing_crosses_over(shops):
    def visit(thread):
        visitors = [Visitor(shops, slug) for slug in SLUGS]
        placed = 0
        for number in range(REQUESTS):
            visitor, address = visitors[number % 2], f"10.{thread}.{number}.1"
            act = ("place", "orders", "services", "services", "orders", "with_the_wrong_key")[number // 2 % 6]
            answer = getattr(visitor, act)(address)
            assert answer.status_code == {"place": 201, "with_the_wrong_key": 401}.get(act, 200), (act, answer.data)
            assert f"{visitor.other} " not in answer.text
            placed += act == "place"
        return placed

    with ThreadPoolExecutor(THREADS) as pool:
        placed = sum(pool.map(visit, range(THREADS)))
    for slug in SLUGS:
        with inside(shops, slug):
            assert set(db.session.scalars(select(Order.customer_name))) == {f"{slug} guest"}
            assert sorted(db.session.scalars(select(Order.number))) == list(range(1, placed // 2 + 1))
    with inside(shops):  # the first business, in the same database as the register, saw none of it
        assert db.session.scalar(select(func.count()).select_from(Order)) == 0
        assert "south service" not in db.session.scalars(select(Service.name)).all()


def test_a_change_here_is_no_change_there(shops):
    with inside(shops, "north"), unit_of_work() as session:
        session.execute(update(Customer).where(Customer.id == 1).values(name="Renamed in the north"))
    with inside(shops, "south"):
        assert db.session.get_one(Customer, 1).name == "Alice Archer"
    with inside(shops):
        assert db.session.get_one(Customer, 1).name == "Alice Archer"


def test_an_object_of_one_is_not_found_in_the_other(shops):
    north, south = (Visitor(shops, slug) for slug in SLUGS)
    order_id = north.place("10.0.0.1").json["order"]["id"]
    path = f"/api/orders/{order_id}"
    assert north.client.get(path, base_url=north.base, headers=north._headers("10.0.0.1")).status_code == 200
    assert south.client.get(path, base_url=south.base, headers=south._headers("10.0.0.1")).status_code == 404


@pytest.mark.parametrize(
    ("signed_by", "says", "status"),
    [("south", "south", 200), ("north", "south", 401), ("south", "north", 401)],
    ids=["right", "key", "claim"],
)
def test_a_token_is_good_only_with_the_key_and_the_name_of_its_business(shops, signed_by, says, status):
    """Each alone must be enough to refuse: everything else in these tokens is as it should be in the south."""
    with inside(shops, "south"):
        account_id = db.session.scalars(select(Account.id).where(Account.login == people.ALICE.login)).one()
        begun = session_service.begin(account_id, session_service.TOKENS, by=Principal.anyone("tests"))
    claims = {"role": begun.role, "aud": begun.realm, "ver": begun.auth_version, "sid": begun.session_id, "ten": says, "typ": "access"}
    with inside(shops, signed_by):
        token = create_access_token(str(account_id), additional_claims=claims)
    answer = shops.test_client().get("/api/orders", base_url="http://south.example", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status


def test_a_cookie_of_one_opens_nothing_in_the_other(shops):
    client = shops.test_client()
    staff = {"username": people.MONA.login, "password": people.MONA.password}
    assert client.post("/admin/login", base_url="http://north.example", json=staff).status_code == 200
    cookie = client.get_cookie("session", domain="north.example")
    assert client.get("/admin/api/orders", base_url="http://north.example").status_code == 200
    client.set_cookie("session", cookie.value, domain="south.example")
    assert client.get("/admin/api/orders", base_url="http://south.example").status_code == 401


def test_a_session_stays_with_its_tenant(shops):
    """Whoever gets hold of the session of one business cannot take it into another."""
    with inside(shops, "north"):
        kept = db.session()
        kept.scalars(select(Customer)).all()
        kept.rollback()
        with inside(shops, "south"), pytest.raises(RuntimeError, match="another tenant"):
            kept.scalars(select(Customer)).all()


def test_a_key_is_worthless_at_another_business_even_where_its_row_was_copied(shops):
    with inside(shops, "north"):
        row, key = key_service.make("Till", ["order"], role=Role.MANAGER, days=1, by=Principal.command_line("tests"))
        copied = {column.name: getattr(row, column.name) for column in ApiKey.__table__.columns}

    def asks(slug):
        return shops.test_client().get("/api/orders", base_url=f"http://{slug}.example", headers={"X-Api-Key": key}).status_code

    assert (asks("north"), asks("south")) == (200, 401)
    with inside(shops, "south"), unit_of_work() as session:
        session.add(ApiKey(**copied))
    assert (asks("north"), asks("south")) == (200, 401)
