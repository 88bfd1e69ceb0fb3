"""One shape for every refusal, on every path, with the headers every answer has."""

import pytest

JSON_PATHS = ("/api/none", "/auth/none", "/admin/api/none", "/employee/api/none", "/worker/api/none")


@pytest.mark.parametrize("path", JSON_PATHS)
@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml", "application/json"])
def test_an_api_path_answers_json_whoever_asks(client, path, accept):
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 404
    assert response.json["error"].endswith(".")
    assert response.json["requestId"] == response.headers["X-Request-Id"]


def test_a_browser_gets_a_page(client):
    response = client.get("/none", headers={"Accept": "text/html"})
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert response.headers["X-Request-Id"] in response.text


def test_whoever_does_not_ask_for_html_gets_json(client):
    assert client.get("/none").json["code"] == "not_found"
    assert client.get("/none", headers={"Accept": "application/json"}).json["code"] == "not_found"


def test_a_wrong_method_names_the_right_ones(client):
    response = client.delete("/api/services")
    assert (response.status_code, response.json["code"]) == (405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


def test_too_much_is_413(client):
    for size in (300_000, 2_000_000):
        response = client.post("/api/orders", data=b" " * size, content_type="application/json")
        assert response.status_code == 413
        assert response.json["error"]


def test_a_long_address_is_414(client):
    response = client.get("/api/services?" + "x" * 5000)
    assert (response.status_code, response.json["error"]) == (414, "This address is too long.")


def test_a_crash_tells_nothing(own_app):
    @own_app.get("/crash")
    def crash():
        raise RuntimeError("secret detail: /home/shop")

    crash_door = own_app.view_functions["crash"]
    assert crash_door is not None
    own_app.config["TESTING"] = False
    response = own_app.test_client().get("/crash")
    assert response.status_code == 500
    assert set(response.json) == {"error", "code", "requestId"}
    assert "secret detail" not in response.text


def test_a_database_that_is_away_is_503_with_retry_after(own_app):
    from sqlalchemy.exc import OperationalError

    @own_app.get("/api/away")
    def away():
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    response = own_app.test_client().get("/api/away")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "SELECT" not in response.text


def test_signing_in_comes_first_and_leads_back(client):
    response = client.get("/admin/orders/?status=Ready", headers={"Accept": "text/html"})
    assert response.status_code == 302
    assert response.headers["Location"] == "/admin/login?next=/admin/orders/?status%3DReady"
    assert client.get("/admin/orders/").status_code == 401  # curl is told, not sent about


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 200), ("GET", "/none", 404), ("DELETE", "/api/services", 405), ("GET", "/admin/api/orders", 401),
     ("GET", "/static/none.js", 404),
     ("POST", "/api/orders", 400), ("GET", "/health/live", 200), ("OPTIONS", "/api/orders", 200), ("GET", "/admin", 308)],
)  # fmt: skip
def test_every_answer_has_the_security_headers(client, method, path, status):
    response = client.open(path, method=method)
    assert response.status_code == status
    csp = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in csp
    assert "frame-ancestors 'none'" in csp
    assert "unsafe" not in csp
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"]
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["X-Request-Id"]


def test_what_is_somebodys_is_not_stored_by_caches(alice):
    response = alice.get("/api/orders")
    assert response.headers["Cache-Control"] == "no-store"
    assert {"Cookie", "Authorization"} <= set(response.vary)


def test_hsts_only_over_tls(client):
    assert "Strict-Transport-Security" not in client.get("/api/services").headers
    assert "Strict-Transport-Security" in client.get("/api/services", base_url="https://shop.example").headers


def test_a_request_id_is_kept_when_it_is_one(client):
    assert client.get("/api/services", headers={"X-Request-Id": "from-the-proxy-1"}).headers["X-Request-Id"] == "from-the-proxy-1"
    assert client.get("/api/services", headers={"X-Request-Id": 'x" injected'}).headers["X-Request-Id"] != 'x" injected'
