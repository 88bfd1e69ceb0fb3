"""Following an order with nothing but its ticket."""

import re

from tests.support.orders import ORDER, place

PAGE = {"Accept": "text/html"}


def token_of(admin, order):
    page = admin.get(f"/admin/orders/{order['id']}").text
    return re.search(r"/track/([\w-]{22})", page)[1]


def test_says_how_far_it_is_and_nothing_personal_but_the_first_name(client, admin):
    order = place(client)
    tracked = client.get(f"/api/track/{token_of(admin, order)}").json
    assert tracked.items() >= {"number": order["number"], "firstName": "Jane", "status": "At Store", "dueAt": order["dueAt"]}.items()
    assert [(event["event"], event["status"]) for event in tracked["timeline"]] == [("placed", "At Store")]
    assert set(tracked) == {"number", "firstName", "status", "dueAt", "createdAt", "timeline"}
    assert set(tracked["timeline"][0]) == {"event", "status", "at"}


def test_the_page_keeps_the_rest_to_itself(client, admin):
    order = place(client)
    page = client.get(f"/track/{token_of(admin, order)}", headers=PAGE).text
    assert "Jane" in page
    assert not [
        secret for secret in ("Smith", ORDER["customerEmail"], ORDER["customerPhone"], "Express", "₹", order["id"]) if secret in page
    ]
    assert '<meta name="robots" content="noindex">' in page


def test_an_unknown_code_is_not_found(client):
    assert client.get("/api/track/no-such-code").status_code == 404
    page = client.get("/track/no-such-code", headers=PAGE)
    assert page.status_code == 404
    assert "We know no order by this code" in page.text


def test_a_pasted_link_leads_to_the_page(client):
    response = client.get("/track?code=https://shop.example/track/abc-_123/", headers=PAGE)
    assert (response.status_code, response.headers["Location"]) == (303, "/track/abc-_123")


def test_a_pasted_address_never_leads_elsewhere(client):
    for code in ("//evil.example", "https://evil.example/x", "..//evil.example"):
        assert client.get("/track", query_string={"code": code}, headers=PAGE).headers["Location"].startswith("/track/")
