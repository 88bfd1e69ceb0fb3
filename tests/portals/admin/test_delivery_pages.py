"""The day's rounds in the office: planned, handed out, put in order, called off, and looked at afterwards."""

import re
from datetime import timedelta

from sqlalchemy import update

from app.core.unit_of_work import unit_of_work
from app.logistics import delivery_service
from app.logistics.models import Delivery
from tests.logistics.pictures import picture
from tests.logistics.stops import WARD, audited, hire, make_ready, plan, plan_drop_off, today
from tests.support.orders import place
from tests.support.people import MONA, WANDA, account_id_of, client_of
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}
DAY = "/admin/deliveries/"


def listed(admin, day="") -> list[int]:
    return [int(number) for number in re.findall(r'id="stop-(\d+)"', admin.get(f"{DAY}{day}", headers=PAGE).text)]


def stop_of(admin, number):
    return admin.get(f"/admin/api/deliveries/{number}").json


def send(who, path, **form):
    return who.post(f"{DAY}{path}", data=form, headers=PAGE)


def test_a_stop_is_planned_for_an_order_by_its_number(app, admin):
    order = place(admin)
    assert 'value="PICKUP" selected' in admin.get(f"{DAY}plan?order={order['number']}", headers=PAGE).text
    make_ready(app, order["id"])
    html = admin.get(f"{DAY}plan?order={order['number']}", headers=PAGE).text
    assert 'value="DROP_OFF" selected' in html
    form = {"order": f"#{order['number']}", "kind": "DROP_OFF", "day": today(app), "worker_id": str(account_id_of(app, WANDA))}
    planned = send(admin, "plan", **form, window="9 to 11", address="1 High St\r\nTown")
    assert (planned.status_code, planned.location) == (303, DAY)
    stop = stop_of(admin, 1)
    assert (stop["orderId"], stop["workerId"], stop["address"]) == (order["id"], account_id_of(app, WANDA), "1 High St\nTown")
    again = send(admin, "plan", **form, window="10 to 12")
    assert (again.status_code, "has a stop of that kind already" in again.text, 'value="10 to 12"' in again.text) == (409, True, True)
    for changes, sentence in (({"order": "999"}, "There is no such order."), ({"day": "2020-01-01"}, "A stop is planned for today")):
        wrong = send(admin, "plan", **{**form, **changes})
        assert (wrong.status_code, sentence in wrong.text) == (400, True)


def test_the_day_shows_each_drivers_round_in_order(app, admin):
    hire(app, WARD)
    ward = account_id_of(app, WARD)
    second, first, nobodys, his = plan(app, admin, position=5), plan(app, admin, position=2), plan(app, admin, worker_id=None), None
    his, tomorrows, off = plan(app, admin, worker_id=ward), plan(app, admin, day=today(app, 1)), plan(app, admin)
    admin.delete(f"/admin/api/deliveries/{off['id']}")
    assert listed(admin) == [stop["id"] for stop in (nobodys, first, second, his, off)]
    assert listed(admin, f"?day={today(app, 1)}") == [tomorrows["id"]]
    html = admin.get(DAY, headers=PAGE).text
    assert html.index("Nobody drives there yet") < html.index("<h2>Wanda Wells</h2>") < html.index("<h2>Ward West</h2>")
    for wrong in ("?day=today", "?day=0001-01-01"):
        assert admin.get(f"{DAY}{wrong}", headers=PAGE).status_code == 400


def test_a_stop_is_handed_out_moved_about_and_put_on_another_day(app, admin):
    stops = [plan(app, admin, position=1) for _ in range(3)]  # all in one place
    one, two, three = [stop["id"] for stop in stops]
    assert send(admin, f"{three}/move", places="-1").location == f"{DAY}?day={today(app)}#stop-{three}"
    assert listed(admin) == [one, three, two]
    send(admin, f"{one}/move", places="1")
    assert listed(admin) == [three, one, two]
    send(admin, f"{three}/move", places="-1")  # it is the first already
    assert listed(admin) == [three, one, two]
    assert [entry.after for entry in audited(app, "delivery.changed", f"delivery:{one}")] == [{"position": 2}]
    nobodys = plan(app, admin, worker_id=None)["id"]
    assert send(admin, f"{nobodys}/assign", worker_id=str(account_id_of(app, WANDA)), version="1").status_code == 303
    assert listed(admin) == [three, one, two, nobodys]
    late = send(admin, f"{nobodys}/assign", day=today(app, 1), version="1")
    assert (late.status_code, "Somebody changed this stop" in late.text) == (412, True)
    send(admin, f"{nobodys}/assign", day=today(app, 1), version="2")
    assert listed(admin, f"?day={today(app, 1)}") == [nobodys]
    assert (stop_of(admin, nobodys)["day"], stop_of(admin, nobodys)["workerId"]) == (today(app, 1), account_id_of(app, WANDA))


def test_what_is_left_over_from_earlier_days_is_taken_into_today(app, admin, worker):
    stop, under_way = plan(app, admin), plan(app, admin)
    worker.put(f"/worker/api/deliveries/{under_way['id']}/start")
    with inside(app), unit_of_work() as session:
        session.execute(update(Delivery).values(day=delivery_service.today() - timedelta(days=3)))
    html = admin.get(DAY, headers=PAGE).text
    assert ("Left over from earlier days" in html, html.count("Plan it for today: Jane Smith")) == (True, 1)
    assert listed(admin, f"?day={today(app, -3)}") == [stop["id"], under_way["id"]]
    assert send(admin, f"{stop['id']}/assign", day=today(app), version="1").status_code == 303
    assert stop_of(admin, stop["id"])["day"] == today(app)


def test_the_form_of_a_stop_changes_all_of_it(app, admin, worker):
    number = plan(app, admin, window="9 to 11", address="1 High St")["id"]
    form = {"version": "1", "day": today(app, 2), "worker_id": "nobody", "window": "", "address": "2 Low St"}
    assert send(admin, str(number), **form).location == f"{DAY}?day={today(app, 2)}"
    stop = stop_of(admin, number)
    assert [stop[name] for name in ("day", "workerId", "window", "address")] == [today(app, 2), None, None, "2 Low St"]
    stale = send(admin, str(number), **{**form, "window": "mine"})
    assert (stale.status_code, 'value="mine"' in stale.text, "Replace with mine" in stale.text) == (412, True, True)
    under_way = plan(app, admin)["id"]
    worker.put(f"/worker/api/deliveries/{under_way}/start")
    html = admin.get(f"{DAY}{under_way}", headers=PAGE).text
    assert ("its driver and its day stay" in html, 'name="day"' in html) == (True, False)


def test_what_failed_can_be_planned_again_and_what_was_done_shows_its_proof(app, admin, worker):
    failed, done = plan_drop_off(app, admin, address="1 High St"), plan_drop_off(app, admin)
    for stop in (failed, done):
        worker.put(f"/worker/api/deliveries/{stop['id']}/start")
    worker.put(f"/worker/api/deliveries/{failed['id']}/fail", json={"reason": "Nobody there"})
    photo = worker.post("/worker/api/files", data=picture(), content_type="image/jpeg").json["id"]
    worker.put(f"/worker/api/deliveries/{done['id']}/complete", json={"name": "Jane Doe", "photo": photo})
    html = admin.get(f"{DAY}{done['id']}", headers=PAGE).text
    assert ("Jane Doe" in html, f'src="/admin/api/files/{photo}"' in html) == (True, True)
    (again,) = listed(admin, f"?day={today(app, 1)}")
    assert send(admin, f"{again}/cancel", version="1").status_code == 303
    assert "Nobody there" in admin.get(f"{DAY}{failed['id']}", headers=PAGE).text
    html = admin.get(f"{DAY}plan?like={failed['id']}", headers=PAGE).text
    assert ("1 High St" in html, 'value="DROP_OFF" selected' in html) == (True, True)


def test_calling_off_asks_once_by_name(app, admin):
    number = plan(app, admin)["id"]
    assert "Call off the stop at Jane Smith?" in admin.get(f"{DAY}{number}/cancel", headers=PAGE).text
    assert stop_of(admin, number)["status"] == "PLANNED"
    assert send(admin, f"{number}/cancel", version="9").status_code == 412
    assert send(admin, f"{number}/cancel", version="1").location == DAY
    assert stop_of(admin, number)["status"] == "CANCELLED"
    assert send(admin, f"{number}/move", places="1").status_code == 409


def test_is_for_owner_and_managers(app, admin, employee, worker, client):
    number = plan(app, admin)["id"]
    assert client_of(app, MONA).get(DAY, headers=PAGE).status_code == 200
    writes = {"plan": {"order": "1", "kind": "PICKUP"}, f"{number}": {"version": "1"}, f"{number}/assign": {"worker_id": "nobody"}}
    writes |= {f"{number}/move": {"places": "1"}, f"{number}/cancel": {"version": "1"}}
    for stranger, status in ((employee, 403), (worker, 403), (client, 401)):
        for path in ("", "plan", f"{number}", f"{number}/cancel"):
            assert stranger.get(f"{DAY}{path}", headers=PAGE).status_code == (302 if status == 401 else status)
        for path, form in writes.items():
            assert send(stranger, path, **form).status_code == status, path
    assert stop_of(admin, number)["status"] == "PLANNED"
