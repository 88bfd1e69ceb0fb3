"""Stations, board, hand-over and batches as pages: what a form without scripts does, and who may not."""

import pytest

from app.orders import order_rules
from tests.support.orders import place
from tests.support.people import ERIN, bearer_of

PAGE = {"Accept": "text/html"}


def post(somebody, path, **fields):
    return somebody.post(f"/employee/{path}", data=fields, headers=PAGE)


@pytest.fixture
def order(employee):
    return place(employee)


def test_a_station_answers_each_scan_in_its_own_way(employee, order, monkeypatch):
    monkeypatch.setattr(order_rules, "SAME_SCAN", order_rules.SAME_SCAN * 0)
    sheet = employee.get(f"/employee/orders/{order['id']}", headers=PAGE).text
    link = "https://shop.example/track/" + sheet.partition('href="/track/')[2].partition('"')[0]
    answers = [(link, 200, "good"), (order["id"], 409, "already"), ("0" * 12, 404, "unknown"), ("k3x97q2m4tzb", 400, "mistyped")]
    for code, status, outcome in (*answers, ("", 400, "mistyped")):
        page = post(employee, "scan/processing", code=code)
        assert (page.status_code, f'data-outcome="{outcome}"' in page.text) == (status, True), code
    wrong = post(employee, "scan/counter", code=order["id"])
    assert (wrong.status_code, 'data-outcome="wrong"' in wrong.text, "Next for it: Finished" in wrong.text) == (409, True, True)
    assert "Taken back" in post(employee, "scan/processing/undo", code=order["id"]).text
    assert employee.get(f"/employee/api/orders/{order['id']}").json["status"] == "At Store"


def test_a_browser_stands_where_it_stood_last(employee):
    assert employee.get("/employee/scan/", headers=PAGE).headers["Location"] == "/employee/scan/stations"
    employee.get("/employee/scan/ready", headers=PAGE)
    assert employee.get("/employee/scan/", headers=PAGE).headers["Location"] == "/employee/scan/ready"
    assert employee.get("/employee/scan/moon", headers=PAGE).status_code == 404


def test_the_list_at_a_station_is_ones_own(app, employee, admin, order):
    admin.post("/employee/api/scans", json={"code": order["id"], "station": "processing"})
    assert order["customerName"] in admin.get("/employee/scan/processing", headers=PAGE).text
    assert order["customerName"] not in employee.get("/employee/scan/processing", headers=PAGE).text
    assert employee.get("/employee/scan/processing", headers=bearer_of(app, ERIN)).status_code == 200


def test_the_board_shows_what_is_here_and_says_when_nothing_changed(employee, order):
    collected = place(employee, customerName="Long Gone")
    for station in ("processing", "ready", "counter"):
        employee.post("/employee/api/scans", json={"code": collected["id"], "station": station})
    first = employee.get("/employee/board", headers=PAGE)
    assert f"/employee/orders/{order['id']}" in first.text
    assert "Long Gone" not in first.text
    again = employee.get("/employee/board", headers={**PAGE, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    employee.post("/employee/api/scans", json={"code": order["id"], "station": "processing"})
    assert employee.get("/employee/board", headers={**PAGE, "If-None-Match": first.headers["ETag"]}).status_code == 200


def test_only_what_is_ready_is_handed_over(employee, order):
    refused = post(employee, f"orders/{order['id']}/hand-over")
    assert (refused.status_code, "cannot be collected" in refused.text) == (409, True)
    for station in ("processing", "ready"):
        employee.post("/employee/api/scans", json={"code": order["id"], "station": station})
    assert "Hand over to Jane Smith" in employee.get(f"/employee/orders/{order['id']}", headers=PAGE).text
    assert post(employee, f"orders/{order['id']}/hand-over").headers["Location"] == "/employee/"
    assert employee.get(f"/employee/api/orders/{order['id']}").json["status"] == "Collected"


def test_what_was_written_down_by_mistake_is_cancelled_while_nothing_was_done(employee, order):
    other = place(employee)
    assert f"Cancel order {order['number']}" in employee.get(f"/employee/orders/{order['id']}", headers=PAGE).text
    assert post(employee, f"orders/{order['id']}/cancel").status_code == 303
    page = employee.get(f"/employee/orders/{order['id']}", headers=PAGE).text
    assert "It was cancelled." in page
    assert "Cancel order" not in page
    employee.post("/employee/api/scans", json={"code": other["id"], "station": "processing"})
    assert post(employee, f"orders/{other['id']}/cancel").status_code == 409


def test_whoever_sends_a_batch_sends_what_they_saw_in_it(employee, order):
    batch = post(employee, "transit/", type="STORE_TO_FACTORY").headers["Location"].removeprefix("/employee/")
    post(employee, f"{batch}/scan", code=order["id"])
    seen = employee.get(f"/employee/{batch}", headers=PAGE).text.partition('name="version" value="')[2].partition('"')[0]
    other = place(employee)
    post(employee, f"{batch}/scan", code=other["id"])
    late = post(employee, f"{batch}/initiate", version=seen)
    assert (late.status_code, "Someone else changed this" in late.text) == (412, True)
    assert post(employee, f"{batch}/take-out", code=other["id"]).status_code == 303
    page = employee.get(f"/employee/{batch}", headers=PAGE).text
    assert other["id"] not in page
    assert post(employee, f"{batch}/initiate", version=page.partition('name="version" value="')[2].partition('"')[0]).status_code == 303
    stray = post(employee, f"{batch}/scan", code=other["id"])
    assert (stray.status_code, "Put it aside" in stray.text) == (404, True)
    assert f"Short: {order['number']}" in stray.text
    assert f"Over: {other['number']}" in stray.text
    counted = post(employee, f"{batch}/scan", code=order["id"], over=[str(other["number"]), "<b>"]).text
    assert 'data-outcome="good"' in counted
    assert f"Over: {other['number']}<" in counted
    assert employee.get(f"/employee/api/orders/{order['id']}").json["status"] == "At Factory"


def test_is_for_the_counter(client, alice, worker, order):
    doors = (
        "scan/processing",
        "scan/processing/undo",
        f"orders/{order['id']}/hand-over",
        "transit/",
        "transit/1/scan",
        "transit/1/initiate",
    )
    for somebody, status in ((client, 401), (alice, 401), (worker, 403)):
        for door in doors:
            assert post(somebody, door, code=order["id"]).status_code == status, door
        for page in ("board", "scan/stations", "transit/", f"orders/{order['id']}/print"):
            assert somebody.get(f"/employee/{page}").status_code == status, page
