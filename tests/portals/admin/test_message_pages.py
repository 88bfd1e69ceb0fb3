"""What the office decides about messages: ways, quiet hours, occasions, words; and what a customer chose."""

import re

import pytest

from tests.support.orders import place
from tests.support.people import MONA, client_of

WORDS = {"subject": "Ready: {number}", "body": "Dear {name}\n\n<b>come</b>", "short": "{number}!", "version": "0"}
SETTING = {"channels": ["email", "sms"], "on": ["ready"], "quietFrom": "21:00", "quietUntil": "08:00", "version": "0"}


@pytest.fixture
def office(admin):
    admin.environ_base["HTTP_ACCEPT"] = "text/html"
    return admin


def checked(page: str) -> list[str]:
    return re.findall(r'value="(\w+)"\s+checked', page)


def test_settings_are_kept_and_the_late_one_is_told(app, office):
    assert checked(office.get("/admin/messages/").text)[0] == "email"
    assert office.post("/admin/messages/", data=SETTING).status_code == 303
    page = office.get("/admin/messages/").text
    assert checked(page) == ["email", "sms", "ready"]
    assert 'value="21:00"' in page
    late = client_of(app, MONA).post("/admin/messages/", data={**SETTING, "channels": []}, headers={"Accept": "text/html"})
    assert (late.status_code, "Replace with mine" in late.text, checked(late.text)) == (412, True, ["ready"])
    for wrong in ({"quietUntil": ""}, {"quietFrom": "25:00"}, {"channels": ["pigeon"]}):
        assert office.post("/admin/messages/", data={**SETTING, "version": "1", **wrong}).status_code == 400


def test_words_are_previewed_saved_changed_and_given_back(office):
    page = "/admin/messages/ready/en"
    preview = office.post(f"{page}/preview", data=WORDS)
    assert (preview.status_code, "Ready: 1042" in preview.text, "Dear Asha" in preview.text) == (200, True, True)
    assert "&lt;b&gt;come&lt;/b&gt;" in preview.text
    assert "Ready: {number}" in preview.text  # what was typed is still there
    assert "Ready: 1042" not in office.get(page).text
    assert office.post(page, data=WORDS).status_code == 303
    assert "Ready: {number}" in office.get("/admin/messages/").text
    late = office.post(page, data={**WORDS, "subject": "Mine"})
    assert (late.status_code, 'value="Mine"' in late.text) == (412, True)
    assert office.post(page, data={**WORDS, "subject": "Second", "version": "1"}).status_code == 303
    assert office.post(f"{page}/reset", data={"version": "1"}).status_code == 412
    assert office.post(f"{page}/reset", data={"version": "2"}).status_code == 303
    assert "Order {number} is ready" in office.get(page).text


def test_a_placeholder_that_is_not_there_is_refused_at_its_field(office):
    for address in ("/admin/messages/ready/en", "/admin/messages/ready/en/preview"):
        refused = office.post(address, data={**WORDS, "body": "On {day}, {nam}"})
        assert refused.status_code == 400
        assert 'id="error-body"' in refused.text
        assert "There is no {day} here." in refused.text
        assert "On {day}, {nam}</textarea>" in refused.text
    for nowhere in ("/admin/messages/lunch/en", "/admin/messages/ready/xx"):
        assert office.get(nowhere).status_code == 404


def test_the_office_sees_and_changes_what_a_customer_chose(office, alice):
    place(alice)
    page = office.get("/admin/customers/1").text
    assert (re.search(r"Order placed\s+· E-mail\s+·", page) is not None, checked(page)) == (True, ["email"])
    saved = office.post("/admin/customers/1/messages", data={"language": "hi"}, follow_redirects=True)
    assert checked(saved.text) == []
    assert re.search(r'value="hi"\s+selected', saved.text)
    assert office.post("/admin/customers/1/messages", data={"language": "xx"}).status_code == 400
    assert checked(alice.get("/customer/me", headers={"Accept": "text/html"}).text) == []
