"""Problems reported from any page, by anybody, and what becomes of them."""

from sqlalchemy import text

from app import __version__
from app.audit import queries as audit
from app.extensions import db
from app.support import report_service
from tests.support import people
from tests.support.shop import inside

PAGE = {"Accept": "text/html", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"}


def newest(admin):
    return admin.get("/admin/api/reports").json[0]


def test_every_page_leads_to_the_form_and_says_which_it_was(app, admin, employee, worker, alice, client):
    for person, path in (
        (admin, "/admin/orders/"),
        (employee, "/employee/"),
        (worker, "/worker/"),
        (alice, "/customer/"),
        (client, "/track"),
    ):
        assert f'href="/report?page={path}"' in person.get(path, headers=PAGE).text, path
    lost = client.get("/no/such/page", headers=PAGE).text
    request_id = lost.partition("requestId=")[2].partition('"')[0]
    assert len(request_id) == 16
    form = alice.get(f"/report?page=/customer/&requestId={request_id}", headers=PAGE).text
    assert f'value="{request_id}"' in form


def test_whoever_met_a_problem_tells_it_with_where_it_was(app, admin, alice, client):
    empty = alice.post("/report", data={"text": " ", "page": "/customer/"}, headers=PAGE)
    assert empty.status_code == 400
    assert 'value="/customer/"' in empty.text
    sent = alice.post(
        "/report", data={"text": "It <b>hangs</b>", "severity": "stops", "page": "/customer/", "requestId": "0a1b"}, headers=PAGE
    )
    assert sent.status_code == 201
    report = newest(admin)
    wanted = {"text": "It <b>hangs</b>", "page": "/customer/", "requestId": "0a1b", "role": "customer", "severity": "stops"}
    wanted |= {"status": "open", "priority": "high", "appVersion": __version__, "browser": PAGE["User-Agent"]}
    assert {name: report[name] for name in wanted} == wanted
    assert client.post("/api/reports", json={"text": "As a visitor"}).status_code == 201
    assert newest(admin)["role"] == "anyone"
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert client.post("/api/reports", json={"text": "x", "page": elsewhere}).status_code == 400
    page = admin.get("/admin/reports/", headers=PAGE).text
    assert "It &lt;b&gt;hangs" in page


def test_the_office_says_what_becomes_of_it_and_the_later_of_two_is_told(app, admin, alice):
    alice.post("/api/reports", json={"text": "It hangs"})
    number = newest(admin)["id"]
    seen = admin.get(f"/admin/api/reports/{number}").headers["ETag"]
    changed = {"status": "in progress", "priority": "urgent"}
    assert admin.put(f"/admin/api/reports/{number}", json=changed, headers={"If-Match": seen}).status_code == 200
    assert admin.put(f"/admin/api/reports/{number}", json={"status": "closed"}, headers={"If-Match": seen}).status_code == 412
    late = admin.post(f"/admin/reports/{number}", data={"status": "closed", "priority": "low", "version": "1"}, headers=PAGE)
    assert late.status_code == 412
    saved = admin.post(f"/admin/reports/{number}", data={"status": "resolved", "priority": "low", "version": "2"})
    assert saved.status_code == 303
    assert [one["id"] for one in admin.get("/admin/api/reports?status=resolved&priority=low").json] == [number]
    assert admin.get("/admin/api/reports?status=open").json == []
    with inside(app):
        told = [entry["action"] for entry in audit.newest(subjects=(f"report:{number}",)).rows]
    assert told == ["report.changed", "report.changed", "report.sent"]


def test_nobody_fills_the_queue(app, client, alice, monkeypatch):
    monkeypatch.setattr(report_service, "MOST_A_DAY", 2)
    assert [alice.post("/api/reports", json={"text": "x"}).status_code for _ in range(3)] == [201, 201, 409]
    told = [client.post("/api/reports", json={"text": "x"}).status_code for _ in range(11)]
    assert told == [201] * 10 + [429]


def test_what_a_customer_wrote_is_forgotten_with_them(app, admin, alice):
    alice.post("/api/reports", json={"text": "I am Alice Archer", "page": "/customer/"})
    asked = alice.delete("/api/me", json={"password": people.ALICE.password})
    assert asked.status_code == 200, asked.text
    report = newest(admin)
    assert (report["text"], report["page"]) == ("", "/customer/")
    assert "is forgotten" in admin.get(f"/admin/reports/{report['id']}", headers=PAGE).text
    with inside(app):
        assert "Alice Archer" not in str(db.session.execute(text("SELECT * FROM bug_report")).all())
