"""Tables coming in: the same words as at the JSON doors, all rows or none, and nobody made twice."""

import io

import pytest

from app.audit.models import AuditEntry
from app.catalogue.models import Service
from app.core.tables import reading
from app.customers.models import Customer
from tests.logistics.stops import audited, count
from tests.support.people import MONA, client_of
from tests.support.tables import XLSX, bring, table

NAMES = ("name", "email", "phone", "notes")
JANE = ("Jane Smith", "Jane@Example.com", "'+1 415 555 0123", "starch")
RAVI = ("Ravi", "", "555-0101", "")


def on_file(admin, q):
    return [{name: one[name] for name in NAMES} for one in admin.get("/admin/api/customers", query_string={"q": q}).json]


def outcomes(report):
    return [(result["row"], result["outcome"], result["reason"]) for result in report["results"]]


def test_brings_in_customers_and_tells_what_became_of_each(app, admin):
    before = count(app, Customer)
    dry = bring(admin, "customers", table(NAMES, JANE, RAVI), query_string={"dryRun": "true"})
    assert dry.status_code == 200, dry.text
    assert (count(app, Customer), audited(app, "customers.imported", "table:customers")) == (before, [])
    done = bring(admin, "customers", table(NAMES, JANE, RAVI))
    assert done.json == {**dry.json, "dryRun": False}
    assert {name: done.json[name] for name in ("rows", "created", "updated", "skipped", "failed")} == {
        "rows": 2, "created": 2, "updated": 0, "skipped": 0, "failed": 0,
    }  # fmt: skip
    assert on_file(admin, "jane@") == [{"name": "Jane Smith", "email": "Jane@example.com", "phone": "+14155550123", "notes": "starch"}]
    assert on_file(admin, "ravi") == [{"name": "Ravi", "email": None, "phone": "555-0101", "notes": None}]
    jane = admin.get("/admin/api/customers?q=jane@").json[0]
    assert admin.get(f"/admin/api/customers/{jane['id']}").headers["ETag"] == '"v1"'
    assert len(audited(app, "customer.created", f"customer:{jane['id']}")) == 1
    assert len(audited(app, "customers.imported", "table:customers")) == 1


def test_nobody_is_made_twice_and_who_is_on_file_stays_as_they_are(app, admin):
    assert bring(admin, "customers", table(NAMES, JANE, RAVI)).status_code == 200
    rows = (
        ("J. Smith", "JANE@example.com", "", "new notes"),
        ("RAVI", "", "555-0101", ""),
        ("Ravi", "ravi@example.com", "555-0101", ""),  # Ravi, who has told his e-mail since
        ("Jane Smith", "", "+14155550123", ""),
        ("Jane Smith", "jane.smith@example.com", "+14155550123", ""),  # another e-mail: her mother
        ("Ravi", "", "", ""),  # a name alone is not enough
        ("Ravi", "", "", ""),
        ("Mia", "mia@example.com", "", ""),
        ("Mia again", "Mia@example.com", "", ""),
    )
    report = bring(admin, "customers", table(NAMES, *rows)).json
    assert outcomes(report) == [
        (2, "skipped", "This e-mail is on file already."),
        (3, "skipped", "This name and phone are on file already."),
        (4, "skipped", "This name and phone are on file already."),
        (5, "skipped", "This name and phone are on file already."),
        (6, "created", None),
        (7, "created", None),
        (8, "skipped", "The same name and phone as in row 7."),
        (9, "created", None),
        (10, "skipped", "The same e-mail as in row 9."),
    ]
    assert on_file(admin, "jane@example.com")[0]["notes"] == "starch"


def test_somebody_who_was_erased_may_come_again(admin):
    bring(admin, "customers", table(NAMES, JANE))
    customer = admin.get("/admin/api/customers?q=jane@").json[0]
    assert admin.delete(f"/admin/api/customers/{customer['id']}").status_code == 200
    assert bring(admin, "customers", table(NAMES, JANE)).json["created"] == 1


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_one_wrong_row_keeps_all_of_them_out(app, admin, dry_run):
    before = count(app, Customer), count(app, AuditEntry)
    content = table(NAMES, JANE, (), ("", "x@example.com"), ("Mia", "mia", "what?"), ("A", "", "", "note", "stray"))
    response = bring(admin, "customers", content, query_string={"dryRun": dry_run})
    assert (count(app, Customer), count(app, AuditEntry)) == before
    report = response.json if dry_run == "true" else response.json["state"]
    assert (report["rows"], report["created"], report["failed"]) == (4, 1, 3)
    assert [error["row"] for error in report["errors"]] == [4, 5, 6]
    assert report["errors"][0]["fields"] == {"name": ["Missing data for required field."]}
    assert set(report["errors"][1]["fields"]) == {"email", "phone"}
    assert report["errors"][2]["error"].startswith("A value stands under no name.")
    if dry_run == "true":
        assert response.status_code == 200
    else:
        assert (response.status_code, response.json["code"]) == (400, "rows_refused")
        assert response.json["error"] == "3 rows need another look, so nothing was imported."


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("customers", {"name": "x" * 101, "email": "jane@", "phone": "+999123", "notes": "y" * 2001}),
        ("customers", {"name": "a\x07b"}),
        ("services", {"id": "not an id", "name": "Shirts", "price": -1, "duration": "two days"}),
        ("services", {"name": "Shirts", "price": 1.005, "duration": "24h"}),
    ],
)
def test_says_the_same_as_the_json_door(admin, kind, row):
    fields = admin.post(f"/admin/api/{kind}", json=row).json["fields"]
    errors = bring(admin, kind, table(tuple(row), tuple(row.values())), query_string={"dryRun": "true"}).json["errors"]
    assert errors == [{"row": 2, "fields": fields}]


def test_brings_a_price_list_up_to_date(app, admin):
    names = ("id", "name", "price", "currency", "duration", "active")
    rows = (
        ("s1", "Laundry", "250.50", "INR", "24h", "yes"),
        ("s2", "Dry Cleaning", "300.00", "INR", "48", ""),
        ("", "ironing", "100", "", "12", "FALSE"),
        ("shirts", "Shirts", "49.5", "INR", "36h", "no"),
        ("", "Shoes", "80", "", "72", ""),
    )
    dry = bring(admin, "services", table(names, *rows), query_string={"dryRun": "true"}).json
    assert admin.get("/admin/api/services/s1").json["price"] == 200.0
    report = bring(admin, "services", table(names, *rows)).json
    assert report == {**dry, "dryRun": False}
    assert [outcome for _, outcome, _ in outcomes(report)] == ["updated", "skipped", "updated", "created", "created"]
    listed = {one["id"]: one for one in admin.get("/admin/api/services").json}
    assert (listed["s1"]["price"], listed["s3"]["name"], listed["s3"]["active"]) == (250.5, "ironing", False)
    assert listed["s2"]["updatedAt"] == listed["s2"]["createdAt"]
    assert listed["shirts"].items() >= {"price": 49.5, "duration": "36h", "active": False, "currency": "INR"}.items()
    assert admin.get("/admin/api/services/s1").headers["ETag"] == '"v2"'
    assert len(audited(app, "service.updated", "service:s1")) == 1
    assert len(audited(app, "service.created", "service:shirts")) == 1
    assert bring(admin, "services", table(names, *rows)).json["skipped"] == 5


def test_a_price_list_says_one_thing_about_each_service(app, admin):
    names = ("id", "name", "price", "currency", "duration")
    bring(admin, "services", table(names, ("a1", "Shoes", 1, "", 24), ("a2", "Shoes", 2, "", 24)))
    rows = (
        ("s1", "Laundry", 1, "", 24), ("", "Laundry", 2, "", 24), ("", "New", 1, "", 24), ("", "NEW", 2, "", 24),
        ("", "shoes", 3, "", 24), ("s2", "Dry Cleaning", 3, "EUR", 24),
    )  # fmt: skip
    report = bring(admin, "services", table(names, *rows)).json["state"]
    assert [(error["row"], error["error"]) for error in report["errors"]] == [
        (3, "Row 2 is about the same service."),
        (5, "Row 4 is about the same service."),
        (6, "Several services have this name, so the row has to say which by its id."),
        (7, "The price is in EUR, but prices here are in INR."),
    ]
    assert count(app, Service) == 5


@pytest.mark.parametrize("kind", ["customers", "services"])
def test_takes_as_many_statements_for_nine_hundred_rows_as_for_ninety(admin, statements, kind):
    counted = []
    for size in (90, 900):
        rows = {
            "customers": [(f"Customer {size} {i}", f"c{size}-{i}@example.com", f"555-{size}{i}", "") for i in range(size)],
            "services": [(f"x{size}-{i}", f"Service {size} {i}", "10", "24h") for i in range(size)],
        }[kind]
        statements.clear()
        names = {"customers": NAMES, "services": ("id", "name", "price", "duration")}[kind]
        assert bring(admin, kind, table(names, *rows)).json["created"] == size
        counted.append(len(statements))
    assert counted[1] <= counted[0] + 2, counted
    assert counted[0] < 20


def test_a_repeated_key_brings_in_once_however_the_form_wraps_the_file(app, admin):
    def send(content, key="one"):
        form = {"file": (io.BytesIO(content), "customers.csv")}
        return admin.post("/admin/api/imports/customers", data=form, headers={"Idempotency-Key": key})

    first, again = send(table(NAMES, JANE, RAVI)), send(table(NAMES, JANE, RAVI))
    assert first.request.content_type != again.request.content_type
    assert (first.json["created"], again.json, again.headers["Idempotency-Replayed"]) == (2, first.json, "true")
    assert send(table(NAMES, JANE)).status_code == 422
    assert send(table(NAMES, RAVI), "two").json["skipped"] == 1


def test_a_large_file_may_have_a_key_and_a_larger_one_is_too_large(admin, monkeypatch):
    rows = [(f"Somebody with a rather long name {i}", "", f"555-{i}", "n" * 1900) for i in range(600)]
    content = table(NAMES, *rows)
    assert len(content) > 1024 * 1024
    assert bring(admin, "customers", content, headers={"Idempotency-Key": "large"}).json["created"] == 600
    too_large = bring(admin, "customers", b"x" * (10 * 1024 * 1024 + 1))
    assert (too_large.status_code, too_large.json["code"]) == (413, "file_too_large")
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    assert bring(admin, "customers", content).json["code"] == "too_many_rows"


def test_what_it_is_shows_in_the_file_not_in_its_name(admin):
    content = table(NAMES, RAVI)
    named = admin.post("/admin/api/imports/customers", data={"file": (io.BytesIO(content), "customers.xlsx", XLSX)})
    assert named.json["created"] == 1
    for body, code in ((b"PK\x03\x04 but nothing more", "unreadable_table"), (b"", "unreadable_table"), (b"fax\n1\n", "wrong_columns")):
        refused = admin.post("/admin/api/imports/customers", data=body, content_type=XLSX)
        assert (refused.status_code, refused.json["code"]) == (400, code)
    assert admin.post("/admin/api/imports/customers", json={}).json["code"] == "expected_table"
    assert bring(admin, "customers", content, query_string={"dryRun": "maybe"}).status_code == 400


def test_is_for_those_who_run_the_business(app, client, alice, charlie, employee, worker):
    for kind in ("customers", "services"):
        for stranger, status in ((client, 401), (alice, 401), (charlie, 401), (employee, 403), (worker, 403)):
            assert bring(stranger, kind, table(NAMES, JANE)).status_code == status
    assert bring(client_of(app, MONA), "customers", table(NAMES, JANE)).json["created"] == 1


def test_the_description_has_the_files_that_doors_take(client):
    paths = client.get("/api/schema/").json["paths"]
    for path, kinds in (
        ("/admin/api/imports/customers", {"text/csv", XLSX, "multipart/form-data"}),
        ("/worker/api/files", {"image/jpeg", "image/png", "image/webp", "multipart/form-data"}),
    ):
        body = paths[path]["post"]["requestBody"]
        assert (body["required"], set(body["content"])) == (True, kinds)
        assert body["content"]["multipart/form-data"]["schema"]["required"] == ["file"]
        assert "413" in paths[path]["post"]["responses"]
