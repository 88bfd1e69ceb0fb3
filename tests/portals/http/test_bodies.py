"""JSON is read once, strictly: what gets through means one thing and fits into either database."""

import pytest

HOSTILE = {
    "not JSON": b"{",
    "empty": b"",
    "a list": b"[1]",
    "null": b"null",
    "NaN": b'{"customerName": NaN}',
    "Infinity": b'{"customerName": -Infinity}',
    "too large a float": b'{"customerName": 1e999}',
    "too large an integer": b'{"customerName": 9007199254740993}',
    "five thousand digits": b'{"customerName": ' + b"9" * 5000 + b"}",
    "a field twice": b'{"customerName": "a", "customerName": "b"}',
    "NUL": b'{"customerName": "a\\u0000b"}',
    "half a character": b'{"customerName": "\\ud800"}',
    "NUL in a name": b'{"customer\\u0000Name": "a"}',
    "deep": b'{"a":' * 100 + b"1" + b"}" * 100,
    "very deep": b"[" * 100_000,
    "not UTF-8": b'{"customerName": "\xff\xfe"}',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_refuses_hostile_json(client, body):
    response = client.post("/api/orders", data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.json["error"].startswith("Expected JSON")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_is_not_json_is_told_so(client, kind):
    response = client.post("/api/orders", data=b'{"customerName": "a"}', content_type=kind)
    assert (response.status_code, response.json["error"]) == (400, "Expected JSON")
