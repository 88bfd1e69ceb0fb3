"""One invoice for each business and month, exactly what its days cost, under numbers without a gap."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest

from app.core import clock
from app.core.money import Money
from app.tenancy import invoice_rules, invoice_service, tenant_service, usage_service
from app.tenancy.errors import AlreadyInvoiced, MonthNotOver
from tests.support.people import MONA, client_of
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}
OCTOBER = date(2026, 10, 1)
SECOND = datetime(2026, 11, 2, 12, tzinfo=UTC)


def register(slug, plan, name=None):
    tenant_service.register(slug, name or slug.title(), currency="EUR", timezone="UTC", plan=plan, database_url="sqlite:////nowhere.db")


def used(slug, plan, first, last, *, orders=1):
    for day in range(first, last + 1):
        usage = {"staff": day, "customers": 2, "orders": orders, "stores": 1, "storage_bytes": 3}
        usage_service.record(slug, OCTOBER.replace(day=day), usage, plan=plan)


@pytest.fixture
def installation(app):
    with app.app_context():
        yield app


@pytest.mark.parametrize(
    ("days_on", "of", "amounts"),
    [
        ({"basic": 31}, 31, [2900]),
        ({"basic": 28}, 28, [2900]),
        ({"basic": 1}, 31, [94]),  # 93.55 cents
        ({"pro": 1}, 30, [330]),
        ({"basic": 10, "pro": 21}, 31, [935, 6706]),
        ({"free": 20, "enterprise": 11, "own": 1}, 31, [14158]),
        ({"free": 31}, 31, []),
    ],
)
def test_a_day_costs_its_share_of_the_month(days_on, of, amounts):
    parts = invoice_rules.lines(days_on, of)
    assert [part.amount.minor for part in parts] == amounts
    assert not parts or invoice_rules.total(parts) == Money(sum(amounts), "USD")


def test_the_month_is_drawn_up_on_the_second_for_whoever_owes_something(installation):
    for slug, plan in (("basic-all", "basic"), ("changed", "pro"), ("free", "free"), ("came", "basic"), ("silent", "pro")):
        register(slug, plan)
    used("basic-all", "basic", 1, 31, orders=5)
    used("changed", "basic", 1, 10)
    used("changed", "pro", 11, 31)
    used("free", "free", 1, 31)
    used("came", None, 22, 31)  # written before plans were: the plan it has
    assert invoice_service.draw_up_due(SECOND - timedelta(days=1)) == []
    assert invoice_service.draw_up_due(SECOND) == [1, 2, 3]
    assert invoice_service.draw_up_due(SECOND) == []
    found = {one["slug"]: one for one in invoice_service.find(month=OCTOBER).rows}
    assert {slug: one["total"] for slug, one in found.items()} == {"basic-all": 29.0, "came": 9.35, "changed": 76.41}
    assert found["basic-all"]["usage"] == {"orders": 155, "staff": 31, "customers": 2, "stores": 1, "storageBytes": 3}
    assert [line["plan"] for line in found["changed"]["lines"]] == ["basic", "pro"]


def test_drawn_up_by_hand_it_is_the_same_and_never_of_a_month_that_is_not_over(installation):
    register("north", "basic")
    used("north", "basic", 1, 31)
    with pytest.raises(MonthNotOver):
        invoice_service.draw_up_all(OCTOBER, datetime(2026, 10, 31, 23, tzinfo=UTC))
    runner = installation.test_cli_runner()
    for _ in range(2):
        told = runner.invoke(args=["tenants", "invoices", "--month", "2026-10"])
        assert told.exit_code == 0, told.output
        assert told.output.splitlines() == ["     1  north                         29.00 USD  North"]
    assert "not over" in runner.invoke(args=["tenants", "invoices", "--month", "2126-10"]).output
    assert runner.invoke(args=["tenants", "invoices", "--month", "October"]).exit_code != 0


def test_however_many_draw_it_up_at_once_there_is_one_each_and_no_gap(installation):
    """Every thread draws all of them up; without the constraint each would get as many as there are threads."""
    slugs = [f"b{count}" for count in range(6)]
    for slug in slugs:
        register(slug, "basic")
        used(slug, "basic", 1, 2)

    def draw(slug):
        with installation.app_context(), suppress(AlreadyInvoiced):
            return invoice_service._draw_up_one(slug, OCTOBER)

    with ThreadPoolExecutor(8) as pool:
        numbers = [number for number in pool.map(draw, slugs * 5) if number is not None]
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
    assert sorted(one["number"] for one in invoice_service.find(limit=100).rows) == [1, 2, 3, 4, 5, 6]


def test_a_failed_invoice_gives_its_number_back(installation, monkeypatch):
    register("north", "basic")
    used("north", "basic", 1, 2)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            invoice_service._draw_up_one("north", OCTOBER)
    assert invoice_service._draw_up_one("north", OCTOBER) == 1


def test_a_business_that_goes_is_invoiced_first_and_the_next_of_its_name_does_not_see_that(installation):
    register("north", "basic")
    used("north", "basic", 1, 10)
    invoice_service.draw_up_last("north", datetime(2026, 10, 11, tzinfo=UTC))
    (last,) = invoice_service.find(slug="north").rows
    assert (last["month"], last["total"]) == ("2026-10", 9.35)


def test_pages_papers_and_tables_show_it_to_the_operator_and_to_whose_it_is(app, admin):
    with inside(app):
        register("north", "basic", "North & नॉर्थ")
        used("north", "basic", 1, 31)
        used("main", "pro", 1, 31)
        assert invoice_service.draw_up_due(SECOND) == [1, 2]
    listed = admin.get("/admin/platform/invoices/", headers=PAGE).text
    assert "North &amp; नॉर्थ" in listed
    assert "$29.00" in listed
    assert "$99.00" not in admin.get("/admin/platform/invoices/?slug=north", headers=PAGE).text
    page = admin.get("/admin/platform/invoices/2", headers=PAGE)
    assert page.status_code == 200
    assert "Invoice 2" in page.text
    pdf = admin.get("/admin/platform/invoices/2.pdf")
    words = pypdfium2.PdfDocument(pdf.data)[0].get_textpage().get_text_range()
    assert "Invoice 2" in words
    assert "$29.00" in words
    rows = list(csv.DictReader(io.StringIO(admin.get("/admin/platform/invoices.csv").data.decode("utf-8-sig"))))
    assert [(row["number"], row["total"], row["orders"]) for row in rows] == [("2", "29.00", "31"), ("1", "99.00", "31")]
    # The first business is a business too, and sees its own alone.
    assert "$99.00" in admin.get("/admin/plan/", headers=PAGE).text
    own = [admin.get(f"/admin/plan/invoices/{path}", headers=PAGE).status_code for path in ("1", "1.pdf", "2", "2.pdf")]
    assert own == [200, 200, 404, 404]
    assert client_of(app, MONA).get("/admin/plan/invoices/1").status_code == 403
