"""The driver's pages as plain forms, which is what a browser without scripts sends."""

import io
import re

from app.portals.worker.stop_pages import REASONS
from tests.logistics.pictures import HOSTILE, TOO_LARGE, picture
from tests.logistics.stops import WARD, hire, plan, plan_drop_off, status_of, today

PAGE = {"Accept": "text/html"}
STOPS = "/worker/api/deliveries"


def page(client, stop) -> str:
    return client.get(f"/worker/stops/{stop['id']}", headers=PAGE).text


def send(client, stop, step, **form):
    """As a browser does: a form with a file in it is sent in several parts."""
    files = {name: (io.BytesIO(content), f"{name}.jpg") for name, content in form.items() if isinstance(content, bytes)}
    kind = {"content_type": "multipart/form-data"} if files else {}
    return client.post(f"/worker/stops/{stop['id']}/{step}", data={**form, **files}, headers=PAGE, **kind)


def shown(html) -> set[str]:
    """For which states of the stop something is to be seen."""
    return {states for states, hidden in re.findall(r'data-when="([A-Z ]+)"( hidden)?', html) if not hidden}


def test_a_stop_is_started_and_handed_over_with_name_photo_and_signature(app, admin, worker):
    stop = plan_drop_off(app, admin, address="1 High St\nTown", window="9-10")
    listed = worker.get("/worker/", headers=PAGE).text
    assert f'href="/worker/stops/{stop["id"]}"' in listed
    html = page(worker, stop)
    assert 'href="geo:0,0?q=1%20High%20St%0ATown"' in html
    assert 'href="tel:+14155550123"' in html
    assert shown(html) == {"PLANNED"}
    assert send(worker, stop, "start").location == f"/worker/stops/{stop['id']}"
    assert shown(page(worker, stop)) == {"STARTED"}
    done = send(worker, stop, "complete", name="Jane", photo=picture(), signature=picture("PNG"))
    assert (done.status_code, done.location) == (303, "/worker/")
    assert "The stop at Jane Smith is done." in worker.get("/worker/", headers=PAGE).text
    (now,) = worker.get(STOPS).json
    assert (now["status"], now["proof"]["name"], status_of(admin, stop["orderId"])) == ("DONE", "Jane", "Delivered")
    assert shown(html := page(worker, stop)) == {"DONE FAILED CANCELLED"}
    for kind in ("photo", "signature"):
        assert f'src="/worker/api/files/{now["proof"][kind]}"' in html
        assert worker.get(f"/worker/api/files/{now['proof'][kind]}").status_code == 200


def test_what_did_not_work_out_has_one_of_the_reasons_and_a_word_of_ones_own(app, admin, worker):
    stops = [plan(app, admin) for _ in range(3)]
    sent = [{"reason": "Nobody there"}, {"reason": "Wrong address", "note": "moved to Pune"}, {"reason": "other", "note": "Rain"}]
    for stop, form in zip(stops, sent, strict=True):
        send(worker, stop, "start")
        assert re.findall(r'type="radio"\s+name="reason"\s+value="([^"]+)"', page(worker, stop)) == [*REASONS, "other"]
        assert send(worker, stop, "fail", **form).location == "/worker/"
    told = ["Nobody there", "Wrong address: moved to Pune", "Rain"]
    assert [stop["failureReason"] for stop in worker.get(STOPS).json] == told
    assert "planned again for tomorrow" in worker.get("/worker/", headers=PAGE).text
    assert len(worker.get(f"{STOPS}?date={today(app, 1)}").json) == 3


def test_a_form_that_does_not_do_says_why_and_keeps_what_was_typed(app, admin, worker):
    stop = plan(app, admin)
    early = send(worker, stop, "complete", name="Jane")
    assert (early.status_code, "A delivery that is PLANNED cannot complete." in early.text) == (409, True)
    send(worker, stop, "start")
    for form, status, sentence in (
        ({}, 400, "Say who took it, or send a photo or a signature."),
        ({"name": "Jane", "photo": HOSTILE["HTML that says JPEG"]}, 400, "JPEG, PNG or WebP"),
        ({"name": "Jane", "photo": TOO_LARGE}, 413, "larger than 10 MB"),
    ):
        answer = send(worker, stop, "complete", **form)
        assert (answer.status_code, sentence in answer.text) == (status, True), answer.text
        assert ('value="Jane"' in answer.text) == bool(form)
    wrong = send(worker, stop, "fail", note="in my own words")
    assert (wrong.status_code, 'value="in my own words"' in wrong.text, "<details" in wrong.text) == (400, True, True)
    assert worker.get(STOPS).json[0]["status"] == "STARTED"


def test_the_wrong_bag_is_not_handed_over_and_the_right_one_is_noted(app, admin, worker):
    mine, other = plan_drop_off(app, admin), plan_drop_off(app, admin)
    number = admin.get(f"/admin/api/orders/{other['orderId']}").json["number"]
    send(worker, mine, "start")
    for code, sentence in (
        (other["orderId"], f"This bag is order {number}, which is not for this stop."),
        (f"#{number}", f"This bag is order {number}, which is not for this stop."),
        ("000000000000", "There is no such order."),
        ("no-code", "a character must be wrong"),
    ):
        refused = send(worker, mine, "complete", name="Jane", code=code)
        assert (refused.status_code in (400, 409), sentence in refused.text) == (True, True), code
    assert send(worker, mine, "complete", name="Jane", code=mine["orderId"].upper()).status_code == 303
    assert worker.get(STOPS).json[0]["proof"]["scanned"] is True
    assert "Scanned at the stop" in page(worker, mine)


def test_a_bag_says_which_stop_it_is_for(app, admin, worker):
    stop, theirs = plan(app, admin), plan(app, admin, worker_id=None)
    found = {code: worker.get("/worker/find", query_string={"code": code}, headers=PAGE) for code in (stop["orderId"], "#1")}
    assert {answer.headers.get("Location") for answer in found.values()} == {f"/worker/stops/{stop['id']}"}
    for code, sentence in ((theirs["orderId"], "not on your round"), ("x", "a character must be wrong")):
        refused = worker.get("/worker/find", query_string={"code": code}, headers=PAGE)
        assert (refused.status_code in (400, 409), sentence in refused.text) == (True, True)


def test_somebody_elses_stop_is_neither_shown_nor_touched(app, admin, worker, employee, client):
    stop, ward = plan(app, admin), hire(app, WARD)
    for stranger, status in ((ward, 403), (employee, 403), (client, 401)):
        assert stranger.get(f"/worker/stops/{stop['id']}", headers=PAGE).status_code == (302 if status == 401 else status)
        for step, form in (("start", {}), ("complete", {"name": "x"}), ("fail", {"reason": "other"})):
            assert send(stranger, stop, step, **form).status_code == status
    assert "Jane Smith" not in ward.get("/worker/", headers=PAGE).text
    assert worker.get("/worker/stops/999", headers=PAGE).status_code == 404
    assert worker.get(STOPS).json[0]["status"] == "PLANNED"
