"""``GET /api/orders/{id}/label.{svg,png,pdf,zpl}``: who may see it, what it shows, and when it is not sent again."""

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from app.core import ids
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.labels.stock_rules import STOCKS
from app.orders import queries
from app.tenancy.models import Tenant
from app.tenancy.tenant_service import MAIN, forget_remembered
from tests.labels import svg_reader, zpl_reader
from tests.labels.reading import DEVANAGARI, KINDS, pages, scanned
from tests.support import people
from tests.support.shop import inside

MEDIA_TYPES = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png", "pdf": "application/pdf", "zpl": "application/zpl"}
READERS = {
    "svg": svg_reader.draw,
    "png": lambda content: Image.open(io.BytesIO(content)),
    "pdf": lambda content: pages(content)[0],
    "zpl": zpl_reader.draw,
}


@pytest.fixture
def order_id(alice):
    order = {
        "customerName": people.ALICE.name,
        "customerEmail": people.ALICE.login,
        "customerPhone": people.ALICE.phone,
        "serviceIds": ["s1", "s1"],
    }
    return alice.post("/api/orders", json=order).json["order"]["id"]


@pytest.fixture
def token(app, order_id):
    with inside(app):
        return queries.get_by_code(order_id).tracking_token


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_shows_the_order_s_code_and_tracking_link(alice, order_id, token, kind):
    response = alice.get(f"/api/orders/{order_id}/label.{kind}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == MEDIA_TYPES[kind]
    assert scanned(READERS[kind](response.data)) == [("Code128", order_id), ("QRCode", f"http://localhost/track/{token}")]
    assert f"label-{order_id}.{kind}" in response.headers["Content-Disposition"]


@pytest.mark.parametrize("stock", STOCKS)
def test_comes_in_the_size_asked_for(alice, order_id, stock):
    response = alice.get(f"/api/orders/{order_id}/label.png?stock={stock}")
    assert Image.open(io.BytesIO(response.data)).size == (STOCKS[stock].width, STOCKS[stock].height)


def test_the_link_leads_to_the_public_address(app, alice, order_id, token):
    app.config["PUBLIC_URL"] = "https://laundry.example/"
    response = alice.get(f"/api/orders/{order_id}/label.png")
    assert ("QRCode", f"https://laundry.example/track/{token}") in scanned(READERS["png"](response.data))


def test_says_who_where_and_when_in_the_time_of_the_business(app, alice, order_id):
    with inside(app):
        tenant = db.session.get(Tenant, MAIN)
        name, number = tenant.name, queries.get_by_code(order_id).number
    title = ElementTree.fromstring(alice.get(f"/api/orders/{order_id}/label.svg").data).findtext(f"{svg_reader.SVG}title")
    assert all(words in title for words in (name, str(number), people.ALICE.name, "2 ×", "pieces"))
    due_at = alice.get(f"/api/orders/{order_id}").json["dueAt"]
    assert re.search(r"Due \w{3} \d+ \w{3} \d\d:\d\d", title)
    minutes = int(due_at[14:16])
    assert f":{(minutes + 30) % 60:02}" in title  # India is half an hour off


def test_a_name_is_only_ever_text(client, employee):
    name = f"{DEVANAGARI} </title><script>^XZ"
    order = {"customerName": name, "customerEmail": "dev@example.com", "customerPhone": "555-0123", "serviceIds": ["s1"]}
    order_id = client.post("/api/orders", json=order).json["order"]["id"]
    for kind in KINDS:
        response = employee.get(f"/api/orders/{order_id}/label.{kind}")
        assert ("Code128", order_id) in scanned(READERS[kind](response.data))


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_sees_a_label_without_signing_in(client, order_id, kind):
    assert client.get(f"/api/orders/{order_id}/label.{kind}").status_code == 401


@pytest.mark.parametrize("kind", KINDS)
def test_refuses_a_stranger(charlie, bob, order_id, kind):
    for other in (charlie, bob):
        response = other.get(f"/api/orders/{order_id}/label.{kind}")
        assert response.status_code == 403
        assert response.json["code"] == "not_your_order"


def test_staff_print_every_label_but_workers_do_not(employee, admin, worker, order_id):
    assert employee.get(f"/api/orders/{order_id}/label.zpl").status_code == 200
    assert admin.get(f"/api/orders/{order_id}/label.zpl").status_code == 200
    assert worker.get(f"/api/orders/{order_id}/label.zpl").status_code == 403


def test_a_program_prints_with_its_token(app, client, order_id):
    response = client.get(f"/api/orders/{order_id}/label.pdf", headers=people.bearer_of(app, people.ALICE))
    assert response.status_code == 200


def test_a_mistyped_code_an_unknown_one_and_an_unknown_format(alice, order_id):
    mistyped = order_id[:-1] + ("0" if order_id[-1] != "0" else "1")
    assert alice.get(f"/api/orders/{mistyped}/label.png").status_code == 400
    assert alice.get(f"/api/orders/{ids.new_code()}/label.png").status_code == 404
    assert alice.get(f"/api/orders/{order_id}/label.gif").status_code == 404


@pytest.mark.parametrize("stock", ["9x9", "", "57X32", "../../etc/passwd", "a" * 500])
def test_an_unknown_stock_is_refused_and_the_known_ones_are_named(alice, order_id, stock):
    response = alice.get(f"/api/orders/{order_id}/label.png", query_string={"stock": stock})
    assert response.status_code == 400
    assert all(name in response.json["error"] for name in STOCKS)


def test_a_misspelt_parameter_is_refused(alice, order_id):
    assert alice.get(f"/api/orders/{order_id}/label.png?stok=57x32").status_code == 400


@pytest.mark.parametrize("kind", KINDS)
def test_is_not_sent_again_while_it_says_the_same(app, alice, order_id, kind):
    path = f"/api/orders/{order_id}/label.{kind}"
    first = alice.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = alice.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    with inside(app):
        with unit_of_work() as session:
            session.get_one(Tenant, MAIN).name = "Another Name"
        forget_remembered()
    changed = alice.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_kept_label_is_no_way_round_the_guard(alice, charlie, order_id):
    path = f"/api/orders/{order_id}/label.png"
    etag = alice.get(path).headers["ETag"]
    assert charlie.get(path, headers={"If-None-Match": etag}).status_code == 403


def test_the_strictest_policy_lets_the_picture_be_shown(alice, order_id):
    response = alice.get(f"/api/orders/{order_id}/label.svg")
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    svg_reader.read(response.data)


def test_the_api_s_description_names_all_four_formats(client):
    operation = client.get("/api/schema/").json["paths"]["/api/orders/{order_id}/label.{kind}"]["get"]
    assert set(operation["responses"]["200"]["content"]) == {"image/svg+xml", "image/png", "application/pdf", "application/zpl"}
    stock = next(parameter for parameter in operation["parameters"] if parameter["name"] == "stock")
    assert stock["schema"]["enum"] == list(STOCKS)
    assert {"400", "401", "403", "404"} <= set(operation["responses"])
