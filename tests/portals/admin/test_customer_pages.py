"""Customers in the office's pages: found, written down, changed, merged and forgotten, and never by those who may not."""

import pytest

from tests.support.mail import letters
from tests.support.orders import place
from tests.support.people import ALICE, MONA, client_of

PAGE = {"Accept": "text/html"}
LONG = "Wolfeschlegelsteinhausenbergerdorff " * 2


@pytest.fixture
def jane(app, client, admin):
    """Known from an order only."""
    place(client)
    return admin.get("/admin/api/customers", query_string={"q": "jane@example.com"}).json[0]["id"]


def id_of(admin, person):
    return admin.get("/admin/api/customers", query_string={"q": person.login}).json[0]["id"]


def test_are_found_by_name_phone_mail_and_ticket(admin, client, jane):
    number = place(client, customerName="Ravi")["number"]
    for typed in ("jane", "5550123", "jane@exam", f"#{number}"):
        page = admin.get("/admin/customers/", query_string={"q": typed}, headers=PAGE).text
        assert f'href="/admin/customers/{jane}"' in page, typed
        assert ALICE.name not in page
    assert "Nobody of that kind" in admin.get("/admin/customers/?q=nobody", headers=PAGE).text
    assert ALICE.name in admin.get("/admin/customers/?q=", headers=PAGE).text


def test_are_written_down_and_changed_and_a_field_left_empty_is_emptied(admin):
    refused = admin.post("/admin/customers/add", data={"name": LONG, "phone": "none"}, headers=PAGE)
    assert refused.status_code == 400
    assert LONG.strip() in refused.text
    assert "Not a phone number" in refused.text
    made = admin.post("/admin/customers/add", data={"name": LONG, "phone": "555-0188", "notes": "mind the dog"}, headers=PAGE)
    assert made.status_code == 303
    page = admin.get(made.location, headers=PAGE).text
    assert "mind the dog" in page
    assert "Customer put on file" in page
    edit = {"name": "Nils", "phone": "555-0188", "notes": "", "version": "1"}
    assert admin.post(f"{made.location}/edit", data=edit, headers=PAGE).status_code == 303
    assert "mind the dog" not in admin.get(made.location, headers=PAGE).text
    late = admin.post(f"{made.location}/edit", data=edit | {"name": "Nora"}, headers=PAGE)
    assert late.status_code == 412
    assert "Now stored: Nils, 555-0188" in late.text
    assert 'value="Nora"' in late.text


def test_are_forgotten_after_a_question_that_names_them(admin, jane):
    assert "Erase Jane Smith?" in admin.get(f"/admin/customers/{jane}/erase", headers=PAGE).text
    assert admin.post(f"/admin/customers/{jane}/erase", data={"version": "7"}, headers=PAGE).status_code == 412
    assert admin.post(f"/admin/customers/{jane}/erase", data={"version": "1"}, headers=PAGE).status_code == 303
    page = admin.get(f"/admin/customers/{jane}", headers=PAGE).text
    assert "This person asked to be forgotten" in page
    assert "Jane Smith" not in page
    assert "/erase" not in page


def test_two_records_become_one_after_both_were_seen(admin, jane):
    twin = admin.post("/admin/api/customers", json={"name": "JANE SMITH", "phone": "555-0111"}).json["id"]
    assert f"/admin/customers/{jane}/merge/{twin}" in admin.get(f"/admin/customers/{jane}/merge", headers=PAGE).text
    neighbour = admin.post("/admin/api/customers", json={"name": "J. Smith", "phone": "555-0111"}).json["id"]
    assert f"/admin/customers/{twin}/merge/{neighbour}" in admin.get(f"/admin/customers/{twin}/merge", headers=PAGE).text
    assert f"/merge/{neighbour}" not in admin.get(f"/admin/customers/{jane}/merge", headers=PAGE).text
    question = admin.get(f"/admin/customers/{twin}/merge/{jane}", headers=PAGE).text
    assert "Merge JANE SMITH into Jane Smith?" in question
    itself = admin.post(f"/admin/customers/{twin}/merge", data={"intoId": twin}, headers=PAGE)
    assert (itself.status_code, "cannot be merged into itself" in itself.text) == (400, True)
    assert admin.post(f"/admin/customers/{twin}/merge", data={"intoId": jane}, headers=PAGE).location == f"/admin/customers/{jane}"
    assert "turned out to be the same person" in admin.get(f"/admin/customers/{twin}", headers=PAGE).text


def test_a_link_to_an_account_goes_to_the_address_on_file_and_nowhere_else(app, admin, jane):
    assert "Mail a link" in admin.get(f"/admin/customers/{jane}", headers=PAGE).text
    before = len(letters(app, "jane@example.com"))
    sent = admin.post(f"/admin/customers/{jane}/claim-link", headers=PAGE)
    assert "token=" not in sent.text
    assert len(letters(app, "jane@example.com")) == before + 1
    assert "Mail a link" not in admin.get(f"/admin/customers/{id_of(admin, ALICE)}", headers=PAGE).text


def test_are_for_owner_and_managers(app, admin, employee, worker, bob, client, jane):
    assert client_of(app, MONA).get(f"/admin/customers/{jane}/erase", headers=PAGE).status_code == 200
    for stranger, status in ((employee, 403), (worker, 403), (bob, 302), (client, 302)):
        for path in ("", f"{jane}", f"{jane}/edit", f"{jane}/erase", f"{jane}/merge", "add"):
            assert stranger.get(f"/admin/customers/{path}", headers=PAGE).status_code == status
    for path in ("erase", "merge", "edit", "claim-link"):
        assert (
            employee.post(f"/admin/customers/{jane}/{path}", data={"version": 1, "intoId": 1, "name": "x"}, headers=PAGE).status_code == 403
        )
    assert admin.get(f"/admin/api/customers/{jane}").json["name"] == "Jane Smith"
