import time

import pytest
from sqlalchemy import update

from app.core.unit_of_work import unit_of_work
from app.tenancy import tenant_service
from app.tenancy.errors import BadSlug, TenantClosed, UnknownTenant
from app.tenancy.models import SUSPENDED, Tenant
from app.tenancy.tenant_service import MAIN
from tests.support.shop import inside


def register(slug, **extra):
    tenant_service.register(slug, slug.title(), currency="INR", timezone="Asia/Kolkata", **extra)


def test_nobody_enters_a_business_that_is_not_there(app):
    with app.app_context(), pytest.raises(UnknownTenant), tenant_service.use_tenant("atlantis"):
        pass


def test_outside_of_every_business_there_is_none(app):
    with app.app_context(), pytest.raises(UnknownTenant):
        tenant_service.current_business()


def test_a_host_nobody_registered_is_the_first_business(app):
    with app.app_context():
        assert tenant_service.find_business_by_host("shop.example:8080").slug == MAIN


def test_a_registered_host_is_its_business_however_it_is_written(app):
    with app.app_context():
        register("north", hosts=("North.Example",))
        for written in ("NORTH.example:8443", "north.example", "North.Example", "north.example."):
            tenant_service.forget_remembered()
            assert tenant_service.find_business_by_host(written).slug == "north"


def test_registering_twice_changes_nothing(app):
    with app.app_context():
        register("north")
        tenant_service.register("north", "Another name", currency="EUR", timezone="UTC")
        assert tenant_service.find_business("north").name == "North"


@pytest.mark.parametrize("slug", ["", "a", "North", "9lives", "a b", "a_b", "a" * 41, "../main", "ñandu", "north\n"])
def test_refuses_what_is_no_short_name(app, slug):
    with app.app_context(), pytest.raises(BadSlug):
        register(slug)


def test_a_suspended_business_answers_nobody_and_says_nothing_of_trying_again(app, client, admin):
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Tenant).values(status=SUSPENDED))
        tenant_service.forget_remembered()
        with pytest.raises(TenantClosed), tenant_service.use_tenant(MAIN):
            pass
    for answer in (client.get("/api/services"), admin.get("/admin/", headers={"Accept": "text/html"}), admin.get("/admin/api/orders")):
        assert (answer.status_code, "Retry-After" in answer.headers) == (403, False)
        assert "This business is closed at the moment" in answer.text
    assert client.get("/health/live").status_code == client.get("/health/ready").status_code == 200


def test_a_suspension_reaches_whoever_remembered_the_business(app, client, monkeypatch):
    """Within seconds and without a restart: the register is asked again when the memory is old."""
    monkeypatch.setattr(tenant_service, "REMEMBERED_SECONDS", 0.5)
    assert client.get("/api/services").status_code == 200
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Tenant).values(status=SUSPENDED))
    time.sleep(0.6)
    assert client.get("/api/services").status_code == 403


def test_leaving_a_business_returns_to_the_one_before(app):
    with inside(app) as outer:
        register("north")
        with tenant_service.use_tenant("north") as inner:
            assert tenant_service.current_business() == inner
        assert tenant_service.current_business() == outer
