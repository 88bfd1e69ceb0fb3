def test_lists_what_is_offered(client):
    services = client.get("/api/services").json
    assert [(s["id"], s["name"], s["price"], s["currency"], s["duration"]) for s in services] == [
        ("s1", "Laundry", 200.0, "INR", "24h"),
        ("s2", "Dry Cleaning", 300.0, "INR", "48h"),
        ("s3", "Ironing", 100.0, "INR", "12h"),
    ]


def test_leaves_out_what_is_retired(client, admin):
    admin.delete("/admin/api/services/s2")
    assert [service["id"] for service in client.get("/api/services").json] == ["s1", "s3"]


def test_is_not_sent_again_when_nothing_changed(client, admin):
    first = client.get("/api/services")
    again = client.get("/api/services", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    admin.put("/admin/api/services/s1", json={"price": 250})
    assert client.get("/api/services", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
