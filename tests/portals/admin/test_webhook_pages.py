"""Webhooks on pages: without a script, the secret once, a refused form keeps what was typed."""

import re

import pytest

from tests.support.orders import place
from tests.support.receiver import receiver
from tests.webhooks.test_webhooks import deliver

FORM = {"url": "https://till.example/hook", "note": "Till", "events": ["order.placed", "customer.erased"]}


@pytest.fixture
def office(admin):
    admin.environ_base["HTTP_ACCEPT"] = "text/html"
    return admin


def test_made_changed_switched_and_deleted(office):
    made = office.post("/admin/webhooks/new", data=FORM)
    assert made.status_code == 201
    assert len(re.findall(r"whsec_[A-Za-z0-9+/=]{44}", made.text)) == 1
    page = office.get("/admin/webhooks/1").text
    assert "whsec_" not in page
    assert page.count("checked") == 2
    saved = office.post("/admin/webhooks/1", data={**FORM, "events": ["order.moved"], "version": "1"}, follow_redirects=True)
    assert ("The webhook is saved." in saved.text, saved.text.count("checked")) == (True, 1)
    late = office.post("/admin/webhooks/1", data={**FORM, "note": "Mine", "version": "1"})
    assert late.status_code == 412
    assert ("Replace with mine" in late.text, late.text.count("checked"), 'value="Mine"' in late.text) == (True, 2, True)
    for enabled, version, word in (("no", "2", "Off"), ("yes", "3", "On")):
        switched = office.post("/admin/webhooks/1/switch", data={"enabled": enabled, "version": version}, follow_redirects=True)
        assert f"</svg>{word}</span>" in switched.text
    assert "whsec_" in office.post("/admin/webhooks/1/secret").text
    assert "The old one signs as well until" in office.post("/admin/webhooks/1/secret").text
    assert office.get("/admin/webhooks/1/delete").status_code == 200
    gone = office.post("/admin/webhooks/1/delete", data={"version": "6"}, follow_redirects=True)
    assert "No webhook yet" in gone.text


def test_a_form_that_did_not_do_keeps_what_was_typed(office):
    for wrong in ({"url": "https://user@till.example/"}, {"events": []}):
        answer = office.post("/admin/webhooks/new", data={**FORM, **wrong})
        assert answer.status_code == 400
        assert 'value="Till"' in answer.text
        assert answer.text.count("checked") == len({**FORM, **wrong}["events"])


def test_the_log_shows_every_try_and_sends_again(app, admin):
    app.config["WEBHOOKS_ANYWHERE"] = True
    with receiver() as there:
        there.status = 503
        admin.post("/admin/webhooks/new", data={**FORM, "url": there.url})
        place(admin)
        deliver(app)
        assert "Does not get through" in admin.get("/admin/webhooks/").text
        page = admin.get("/admin/webhooks/1").text
        assert ("Nothing has got through since" in page, "503" in page) == (True, True)
        there.status = 204
        admin.post("/admin/webhooks/1/test")
        deliver(app)
        page = admin.get("/admin/webhooks/1").text
        path = re.search(r'action="(/admin/webhooks/1/messages/msg_[\w-]+/send-again)"', page)[1]
        admin.post(path)
        deliver(app)
        assert there.ids()[-1] == path.split("/")[5]


def test_is_nobody_elses_business(employee, worker, alice, client):
    for stranger, status in ((client, 302), (employee, 403), (worker, 403), (alice, 302)):
        assert stranger.get("/admin/webhooks/", headers={"Accept": "text/html"}).status_code == status
