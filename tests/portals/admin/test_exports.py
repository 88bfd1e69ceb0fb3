"""Tables going out: everything once, nothing that is run, and a page in memory at a time."""

import pytest

from app.audit.models import AuditEntry
from app.core import clock
from app.extensions import db
from app.portals.http import exports
from tests.logistics.stops import audited, count, plan, today
from tests.support.orders import place
from tests.support.people import MONA, client_of
from tests.support.shop import application
from tests.support.tables import CSV, XLSX, bring, fetch

FORMULA = '=HYPERLINK("http://x.example","here")'
PEOPLE = [
    (FORMULA, "a@round.example", "+14155550123", "-5 off"),
    ('@mention, "quoted"; and more', "b@round.example", None, "two\nlines"),
    ("'=already neutral", None, "555-0199", None),
    ("नमस्ते", None, None, "＝full width"),
]


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(exports, "_PAGE", 2)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_order_is_there_once_with_what_it_holds(app, admin, form, small_pages):
    placed = [place(admin, customerName=name) for name in (FORMULA, "Ravi", "Mia", "Jo", "Ann")]
    rows = fetch(admin, "orders", form)
    assert [row["id"] for row in rows] == [order["id"] for order in reversed(placed)]
    last, order = rows[-1], placed[0]
    assert last["services"] == "Laundry ×1, Ironing ×1"
    for name in ("status", "customerEmail", "currency", "pickupDate", "dueAt", "createdAt", "specialInstructions"):
        assert last[name] == order[name], name
    if form == "csv":
        assert (last["customerName"], last["customerPhone"]) == (f"'{FORMULA}", "'+14155550123")
        assert (last["number"], last["pieces"], last["total"], last["paid"]) == (str(order["number"]), "2", "300.00", "no")
    else:
        assert (last["customerName"], last["customerPhone"]) == (FORMULA, "+14155550123")
        assert (last["number"], last["pieces"], last["total"], last["paid"]) == (order["number"], 2, 300, False)


def test_has_the_filters_of_its_list(app, admin):
    plan(app, admin, order_id=place(admin, customerName="Ravi", customerEmail="ravi@example.com")["id"])
    cancelled = place(admin, customerName="Mia")["id"]
    assert admin.delete(f"/admin/api/orders/{cancelled}").status_code == 200
    day = today(app)
    for query, names in (
        ({"status": "Cancelled"}, ["Mia"]), ({"q": "rav"}, ["Ravi"]), ({"since": day, "until": day}, ["Mia", "Ravi"]),
        ({"since": "2099-01-01"}, []), ({"until": "2020-01-01"}, []), ({"due": "late"}, []),
    ):  # fmt: skip
        assert [row["customerName"] for row in fetch(admin, "orders", **query)] == names, query
    assert [row["name"] for row in fetch(admin, "customers", q="alice")] == ["Alice Archer"]
    (stop,) = fetch(admin, "deliveries", day=today(app), status="PLANNED")
    assert (stop["customerName"], stop["workerName"], stop["kind"], stop["pieces"]) == ("Ravi", "Wanda Wells", "PICKUP", "2")
    assert fetch(admin, "deliveries", since=today(app, 1)) == fetch(admin, "deliveries", until=today(app, -1)) == []
    assert admin.get("/admin/api/exports/orders.csv?limit=5").status_code == 400
    assert admin.get("/admin/api/exports/orders.csv?status=Lost").status_code == 400


def test_is_a_file_to_be_saved(app, admin, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: clock.from_milliseconds(1_767_211_200_000 - 3_600_000 * 5))  # 2025-12-31 15:00 UTC
    for form, kind in (("csv", CSV), ("xlsx", XLSX)):
        response = admin.head(f"/admin/api/exports/services.{form}")
        assert (response.status_code, response.mimetype) == (200, kind)
        assert response.headers["Content-Disposition"] == f'attachment; filename="services-2025-12-31.{form}"'
        assert response.headers["Cache-Control"] == "no-store"
    assert admin.get("/admin/api/exports/services.pdf").status_code == 404


def test_who_took_a_table_along_is_written_down_but_not_whom_they_looked_for(app, admin):
    before = count(app, AuditEntry)
    admin.head("/admin/api/exports/customers.csv")
    assert count(app, AuditEntry) == before
    fetch(admin, "customers", "xlsx", q="alice")
    (entry,) = audited(app, "customers.exported", "table:customers")
    assert (entry.actor, entry.after) == ("Administrator", {"form": "xlsx", "filters": ["q"]})


def test_reads_a_page_when_the_reader_has_taken_the_one_before(app, admin, small_pages, statements):
    """The bound on memory, and on how long anything is held: between two pages there is no open transaction."""
    for number in range(7):
        place(admin, customerName=f"Customer {number}")
    statements.clear()
    response = admin.get("/admin/api/exports/orders.csv")
    chunks = response.iter_encoded()
    read = []
    for chunk in chunks:
        read.append((chunk.count(b"\r\n"), sum("FROM orders" in statement for statement in statements)))
        with app.app_context():
            assert db.engines["control"].pool.checkedout() == 0
    assert read == [(3, 1), (2, 2), (2, 3), (1, 4), (0, 4)]


def test_a_download_that_is_broken_off_leaves_nothing_behind(app, admin, small_pages):
    for number in range(5):
        place(admin, customerName=f"Customer {number}")
    response = admin.get("/admin/api/exports/orders.csv")
    next(response.iter_encoded())
    response.close()
    assert len(fetch(admin, "orders")) == 5


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_goes_out_comes_in_elsewhere_as_it_was(app, admin, databases, tmp_path, form):
    for name, email, phone, notes in PEOPLE:
        body = {"name": name, "email": email, "phone": phone, "notes": notes}
        assert admin.post("/admin/api/customers", json=body).status_code == 201
    services = [
        {"id": "x1", "name": "-10% shirts", "price": 0.1, "duration": "1h"},
        {"id": "x2", "name": FORMULA, "price": 1e6, "duration": "99h"},
    ]
    for service in services:
        assert admin.post("/admin/api/services", json=service).status_code == 201
    admin.delete("/admin/api/services/x2")
    files = {kind: admin.get(f"/admin/api/exports/{kind}.{form}").data for kind in ("customers", "services")}
    here = {kind: without_our_own(fetch(admin, kind)) for kind in files}
    url = databases.filled()
    with application(url, tmp_path / "elsewhere") as other:
        there = client_of(other, MONA)
        for kind, new in (("customers", len(PEOPLE)), ("services", 2)):
            assert bring(there, kind, files[kind]).json["created"] == new
            assert without_our_own(fetch(there, kind)) == here[kind]
    databases.drop(url)


def without_our_own(rows):
    """Without what every shop gives its own: customers' ids, and when a row was written."""
    ours = ("createdAt", "updatedAt", *(["id"] if "email" in rows[0] else []))
    return sorted(str({name: value for name, value in row.items() if name not in ours}) for row in rows)


def test_is_for_those_who_run_the_business(app, client, alice, charlie, employee, worker):
    for kind in ("orders", "customers", "services", "deliveries"):
        for stranger, status in ((client, 401), (alice, 401), (charlie, 401), (employee, 403), (worker, 403)):
            assert stranger.get(f"/admin/api/exports/{kind}.csv").status_code == status
    assert fetch(client_of(app, MONA), "orders") == []
