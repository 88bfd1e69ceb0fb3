"""Another site's page cannot act in somebody's name. A client that is no browser says nothing about sites, and passes."""

import pytest

from tests.support.people import ADMIN, ALICE, bearer_of
from tests.support.shop import application

ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8080"},
    {"Sec-Fetch-Site": "nonsense"},
]
HERE = [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_refuses_a_write_from_elsewhere(admin, headers):
    response = admin.put("/admin/api/services/s1", json={"price": 1}, headers=headers)
    assert (response.status_code, response.json["code"]) == (403, "from_another_site")
    assert admin.get("/admin/api/services/s1").json["price"] == 200.0


@pytest.mark.parametrize("headers", HERE)
def test_lets_our_own_pages_and_curl_through(admin, headers):
    assert admin.put("/admin/api/services/s1", json={"price": 201}, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", ELSEWHERE[:5])
def test_nobody_is_signed_in_from_elsewhere(client, headers):
    body = {"username": ADMIN.login, "password": ADMIN.password}
    assert client.post("/admin/login", data=body, headers=headers).status_code == 403


def test_a_token_is_nobodys_cookie(app, client):
    response = client.post(
        "/auth/logout", headers={**bearer_of(app, ALICE), "Sec-Fetch-Site": "cross-site", "Origin": "https://app.example"}
    )
    assert response.status_code == 200


def test_reading_changes_nothing_so_it_is_allowed(admin):
    assert admin.get("/admin/api/services", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_only_listed_origins_are_answered(database_url, tmp_path):
    with application(database_url, tmp_path, CORS_ORIGINS="https://shop.example") as app:
        client = app.test_client()
        good = client.get("/api/services", headers={"Origin": "https://shop.example"})
        assert good.headers["Access-Control-Allow-Origin"] == "https://shop.example"
        assert "Access-Control-Allow-Credentials" not in good.headers
        for origin in ("https://evil.example", "https://shop.example.evil.example", "null", "http://shop.example"):
            assert "Access-Control-Allow-Origin" not in client.get("/api/services", headers={"Origin": origin}).headers


def test_by_default_no_origin_is_answered(client):
    assert "Access-Control-Allow-Origin" not in client.get("/api/services", headers={"Origin": "https://shop.example"}).headers
