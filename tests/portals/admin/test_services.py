"""The price list, as its editors change it."""

import pytest

from tests.support.orders import place

SHIRTS = {"id": "shirts", "name": "Shirts on hangers", "price": 49.5, "duration": "36h"}


def test_adds_a_service(admin):
    response = admin.post("/admin/api/services", json=SHIRTS)
    assert response.status_code == 201
    assert response.json.items() >= {**SHIRTS, "currency": "INR", "active": True}.items()
    assert admin.get(response.headers["Location"]).json == response.json


def test_makes_up_an_id_when_none_is_given(admin):
    body = {name: value for name, value in SHIRTS.items() if name != "id"}
    assert admin.post("/admin/api/services", json=body).json["id"].startswith("s-")


def test_an_id_is_used_once(admin):
    assert admin.post("/admin/api/services", json=SHIRTS).status_code == 201
    again = admin.post("/admin/api/services", json=SHIRTS)
    assert (again.status_code, again.json["code"]) == (409, "service_id_taken")


def test_a_new_price_leaves_old_orders_alone(admin):
    order = place(admin, serviceIds=["s1"])
    assert admin.put("/admin/api/services/s1", json={"price": 999, "name": "Wash"}).json["price"] == 999.0
    assert admin.get(f"/admin/api/orders/{order['id']}").json == order


@pytest.mark.parametrize("price", [-1, 1.005, "200", True, None, 1e14, [200]])
def test_refuses_what_is_not_money(admin, price):
    response = admin.put("/admin/api/services/s1", json={"price": price})
    assert response.status_code == 400
    assert "price" in response.json["fields"]
    assert admin.get("/admin/api/services/s1").json["price"] == 200.0


@pytest.mark.parametrize("number", ["1e400", "NaN", "-Infinity", "1e-400"])
def test_refuses_numbers_that_are_none(admin, number):
    response = admin.put("/admin/api/services/s1", data=f'{{"price": {number}}}', content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize("duration", ["24", "0h", "24 h", "1d", "9999h", 24])
def test_refuses_a_bad_duration(admin, duration):
    assert admin.put("/admin/api/services/s1", json={"duration": duration}).status_code == 400


def test_if_match_guards_against_a_lost_update(admin):
    seen = admin.get("/admin/api/services/s1").headers["ETag"]
    first = admin.put("/admin/api/services/s1", json={"price": 210}, headers={"If-Match": seen})
    assert first.status_code == 200
    late = admin.put("/admin/api/services/s1", json={"price": 220}, headers={"If-Match": seen})
    assert (late.status_code, late.json["code"]) == (412, "stale_version")
    assert admin.put("/admin/api/services/s1", json={"price": 220}, headers={"If-Match": first.headers["ETag"]}).status_code == 200
    assert admin.put("/admin/api/services/s1", json={"price": 230}, headers={"If-Match": "nonsense"}).status_code == 412


def test_retiring_keeps_the_row(admin):
    assert admin.delete("/admin/api/services/s1").json["active"] is False
    assert admin.get("/admin/api/services/s1").status_code == 200
    assert admin.put("/admin/api/services/s1", json={"active": True}).json["active"] is True


def test_an_unknown_service_is_404(admin):
    for call in (admin.get, admin.delete):
        assert call("/admin/api/services/none").status_code == 404


def test_refuses_whoever_is_not_a_manager(client, alice, employee, worker):
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403)):
        assert somebody.post("/admin/api/services", json=SHIRTS).status_code == status
        assert somebody.put("/admin/api/services/s1", json={"price": 1}).status_code == status
        assert somebody.delete("/admin/api/services/s1").status_code == status
    assert employee.get("/admin/api/services").status_code == 403
