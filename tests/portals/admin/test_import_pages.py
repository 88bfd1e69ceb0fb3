"""The page on which somebody looks a table over before it comes in."""

import io
import re
from datetime import timedelta

from app.core import clock
from app.customers.models import Customer
from app.portals.http import uploads
from tests.logistics.stops import count
from tests.support.tables import table

PAGE = {"Accept": "text/html"}
NAMES = ("name", "email")


def look_over(client, content, kind="customers", name="customers.csv"):
    return client.post(f"/admin/imports/{kind}", data={"file": (io.BytesIO(content), name)}, headers=PAGE)


def carry_out(client, draft, kind="customers"):
    return client.post(f"/admin/imports/{kind}/carry-out", data={"draft": draft}, headers=PAGE)


def draft_in(page):
    found = re.search(r'name="draft"\s+value="([0-9a-f]{64})"', page.text)
    return found and found[1]


def kept(folder):
    return [file for file in (folder / "drafts").rglob("*") if file.is_file()]


def test_nothing_is_written_before_somebody_has_seen_what_would_happen(app, admin, tmp_path):
    before = count(app, Customer)
    page = look_over(admin, table(NAMES, ("Mia", "mia@example.com"), ("Alice", "alice@example.com")))
    assert page.status_code == 200
    assert "This e-mail is on file already." in page.text
    assert (count(app, Customer), len(kept(tmp_path))) == (before, 1)
    assert kept(tmp_path)[0].stat().st_mode & 0o777 == 0o600
    done = carry_out(admin, draft_in(page))
    assert (done.status_code, done.headers["Location"]) == (303, "/admin/customers/")
    assert "Imported: 1 new, 0 brought up to date, 1 left as they were." in admin.get("/admin/customers/").text
    assert (count(app, Customer), kept(tmp_path)) == (before + 1, [])
    again = carry_out(admin, draft_in(page))
    assert again.status_code == 409
    assert "The file you looked over is no longer here. Choose it again." in again.text


def test_a_wrong_row_is_shown_with_its_number_and_cannot_be_brought_in(app, admin, tmp_path):
    page = look_over(admin, table(NAMES, ("Mia", "mia@example.com"), ("<b>", "nobody")))
    assert (page.status_code, draft_in(page), kept(tmp_path)) == (200, None, [])
    assert "1 row needs another look." in page.text
    assert "This is not an e-mail address." in page.text
    assert "<b>" not in page.text


def test_a_file_that_does_not_do_brings_the_form_back(admin):
    for content, status, words in (
        (b"", 400, "The file is empty."),
        (b"fax\n1\n", 400, "Missing columns: name."),
        (b"x" * (10 * 1024 * 1024 + 1), 413, "The file is larger than 10 MB."),
        (b"x" * (11 * 1024 * 1024), 413, "The file is larger than 10 MB."),
    ):
        page = look_over(admin, content)
        assert (page.status_code, words in page.text, 'type="file"' in page.text) == (status, True, True), words
    none_chosen = look_over(admin, b"", name="")
    assert none_chosen.status_code == 400


def test_the_world_may_have_moved_on_since_it_was_looked_over(app, admin):
    page = look_over(admin, table(("id", "name", "price", "duration"), ("", "Shoes", 1, 24)), "services")
    for service_id in ("a1", "a2"):
        admin.post("/admin/api/services", json={"id": service_id, "name": "Shoes", "price": 2, "duration": "24h"})
    late = carry_out(admin, draft_in(page), "services")
    assert late.status_code == 400
    assert "Several services have this name" in late.text
    assert "Import now" not in late.text


def test_what_nobody_carries_out_is_forgotten(app, admin, tmp_path):
    look_over(admin, table(NAMES, ("Mia", "mia@example.com")))
    with app.test_request_context():
        app.preprocess_request()
        uploads.drafts().forget_before(clock.now() - timedelta(hours=1))
        assert len(kept(tmp_path)) == 1
        uploads.drafts().forget_before(clock.now() + timedelta(seconds=1))
    assert kept(tmp_path) == []


def test_links_lead_there_only_for_those_who_may(admin, employee):
    for path, words in (("customers/", ("Import", "XLSX")), ("services/", ("Import", "XLSX")), ("orders/?status=Ready", ("XLSX",))):
        for word in words:
            assert word in admin.get(f"/admin/{path}").text
            assert word not in employee.get(f"/admin/{path}").text
    assert "/admin/api/exports/orders.csv?status=Ready" in admin.get("/admin/orders/?status=Ready").text
    for kind in ("customers", "services"):
        assert admin.get(f"/admin/imports/{kind}").status_code == 200
        assert employee.get(f"/admin/imports/{kind}").status_code == 403
        assert look_over(employee, b"name\nMia\n", kind).status_code == 403
        assert carry_out(employee, "0" * 64, kind).status_code == 403
    assert carry_out(admin, "../../etc/passwd").status_code == 400
