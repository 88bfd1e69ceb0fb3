"""The figures as the office sees them: stored, in the API, on the page, and on paper."""

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from app.analytics import metric_service
from app.core import clock
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.orders import order_service
from app.orders.order_rules import Event
from app.tenancy.tenant_service import current_business
from tests.support.orders import ORDER
from tests.support.shop import inside

BY = Principal(Role.ADMIN, "tests", "admin", account_id=1)


@pytest.fixture
def counted(app):
    """Two orders of 300, one of them gone since, and one that was cancelled."""
    with inside(app):
        now = clock.now()
        for events in ((Event.START, Event.FINISH, Event.COLLECT), (), (Event.CANCEL,)):
            order = order_service.place({**ORDER, "pickupDate": None}, by=BY, at=now - timedelta(minutes=1))
            for event in events:
                order_service.transition(order.id, event, by=BY)
        metric_service.count(now + timedelta(seconds=1), current_business().timezone)
        yield clock.local_day(now, current_business().timezone)


def test_the_dashboard_says_what_was_stored(app, admin, counted):
    board = admin.get("/admin/api/dashboard?grain=month").json
    figures = board["period"]["figures"]
    expected = {"placed": 2, "out": 1, "cancelled": 1, "ready": 1, "late": 0, "revenue": 600.0, "averageTicket": 300.0, "new": 1}
    assert {name: figures[name] for name in expected} == expected
    assert figures["onTimeShare"] in (None, 1.0)  # not judged before it is due
    assert board["before"]["figures"]["averageTicket"] is None
    assert board["series"][-1] == board["period"]
    assert len(board["series"]) == 12
    assert board["countedAt"]
    assert [(one["id"], one["revenue"]) for one in board["services"]] == [("s1", 400.0), ("s3", 200.0)]
    assert board["stores"][0]["figures"]["placed"] == 2
    summary = admin.get("/api/v1/dashboard/summary/").json
    assert summary["today"]["placed"] == 3
    assert summary["day"]["figures"]["revenue"] == summary["week"]["figures"]["revenue"] == 600.0
    one = admin.get("/admin/api/dashboard?grain=day&store=1&start=" + counted.isoformat()).json
    assert one["period"]["figures"]["placed"] == 2
    assert admin.get("/admin/api/dashboard?grain=day&store=2").json["period"]["figures"]["placed"] == 0
    assert admin.get("/admin/api/dashboard?grain=year").status_code == 400


def test_every_column_and_service_leads_to_its_orders(admin, counted):
    page = admin.get("/admin/figures/?grain=day").text
    assert "₹600" in page
    assert "what=late" in page
    assert f"service=s1&amp;since={counted}" in page
    assert admin.get("/admin/figures/?grain=day&start=").status_code == 200
    assert admin.get("/admin/figures/?grain=week&start=2010-01-01").status_code == 200


def test_behind_each_figure_are_exactly_its_orders(admin, counted):
    for grain in ("day", "week", "month"):
        figures = admin.get(f"/admin/api/dashboard?grain={grain}").json["period"]["figures"]
        for name in ("placed", "cancelled", "out", "due", "late", "onTime", "ready"):
            page = admin.get(f"/admin/figures/orders?grain={grain}&what={name}").text
            assert len(set(re.findall(r"/admin/orders/(\w{12})", page))) == figures[name], (grain, name)
    assert admin.get("/admin/figures/orders?grain=day&what=placed&store=2").text.count("/admin/orders/0") == 0
    assert admin.get("/admin/figures/orders?grain=day&what=everything").status_code == 400


def test_reports_go_out_as_tables_and_on_paper(admin, counted):
    rows = list(csv.DictReader(io.StringIO(admin.get("/admin/api/reports/figures.csv?grain=day").get_data().decode("utf-8-sig"))))
    assert (len(rows), rows[-1]["start"], rows[-1]["revenue"], rows[-1]["averageTicket"]) == (30, counted.isoformat(), "600.00", "300.00")
    sheet = load_workbook(io.BytesIO(admin.get("/admin/api/reports/figures.xlsx?grain=day").data)).active
    assert [cell.value for cell in sheet[1]][:3] == ["start", "end", "placed"]
    answer = admin.get("/admin/api/reports/figures.pdf?grain=month", headers={"Accept-Language": "hi"})
    assert answer.mimetype == "application/pdf"
    text = PdfDocument(answer.data)[0].get_textpage().get_text_range()
    assert "600" in text
    assert "FabClean" in text


def test_a_report_has_as_many_sheets_as_it_needs(app):
    from app.labels.pages import Table, written

    rows = tuple((f"धुलाई {number} " * 9, "₹1,00,000.00") for number in range(90))
    paper = PdfDocument(written("Bügelservice", "November", [1.0, 3.0], [Table("Services", ("Name", "Value"), rows)]))
    assert len(paper) == 3
    assert "Bügelservice" in paper[0].get_textpage().get_text_range()
