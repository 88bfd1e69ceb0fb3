"""Batches between store and plant, as the office handles them: every line of the contract, from outside."""

import jsonschema
import pytest

from tests.support.orders import place
from tests.transit.batches import BATCHES, batch_of, finish, scan, state_of, take_step

UNKNOWN = "000000000000"  # well formed, and nobody's


@pytest.fixture
def order(admin):
    return place(admin)["id"]


def test_makes_a_batch_as_the_seed_writes_it(admin, order):
    response = admin.post(BATCHES, json={"order_ids": [order], "type": "STORE_TO_FACTORY", "created_by": "Ravi, back office"})
    assert (response.status_code, response.headers["ETag"]) == (201, '"v1"')
    batch = response.json
    assert {name: batch[name] for name in ("type", "status", "orderIds", "createdBy")} == {
        "type": "STORE_TO_FACTORY", "status": "PENDING", "orderIds": [order], "createdBy": "Ravi, back office"}  # fmt: skip
    assert [batch[at] for at in ("initiatedAt", "arrivedAt", "completedAt", "cancelledAt")] == [None] * 4
    assert admin.get(response.headers["Location"]).json == batch
    assert state_of(admin, order) == "At Store"


def test_reads_camel_case_too(admin, order):
    response = admin.post(BATCHES, json={"orderIds": [order], "type": "STORE_TO_FACTORY", "createdBy": "Ravi"})
    assert (response.status_code, response.json["createdBy"]) == (201, "Ravi")


def test_notes_who_is_signed_in_when_no_note_is_sent(admin, order):
    assert batch_of(admin, [order])["createdBy"] == "Administrator"


def test_keeps_the_order_of_the_request_and_counts_each_once(admin):
    first, second, third = (place(admin)["id"] for _ in range(3))
    written = f" {second[:4].upper()}-{second[4:8]}-{second[8:]} "
    assert batch_of(admin, [third, second, first, written, third])["orderIds"] == [third, second, first]


BAD = {
    "no body": {},
    "no orders": {"order_ids": [], "type": "STORE_TO_FACTORY"},
    "no list": {"order_ids": "abc", "type": "STORE_TO_FACTORY"},
    "null among them": {"order_ids": [None], "type": "STORE_TO_FACTORY"},
    "a number among them": {"order_ids": [1], "type": "STORE_TO_FACTORY"},
    "no type": {"order_ids": ["x"]},
    "an unknown type": {"order_ids": ["x"], "type": "STORE_TO_MOON"},
    "both spellings": {"order_ids": ["x"], "orderIds": ["x"], "type": "STORE_TO_FACTORY"},
    "an unknown field": {"order_ids": ["x"], "type": "STORE_TO_FACTORY", "driver": "Tom"},
    "too many": {"order_ids": ["x"] * 1001, "type": "STORE_TO_FACTORY"},
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_refuses(admin, body):
    response = admin.post(BATCHES, json=body)
    assert response.status_code == 400
    assert response.json["fields"]
    assert admin.get(BATCHES).json == []


def test_missing_fields_are_named(admin):
    response = admin.post(BATCHES, json={})
    assert response.json["error"] == "Missing fields"
    assert set(response.json["fields"]) == {"order_ids", "type"}


def test_an_unknown_order_is_400_and_named(admin, order):
    mistyped = order[:-1] + ("0" if order[-1] != "0" else "1")
    for wrong in (UNKNOWN, mistyped, "nonsense"):
        response = admin.post(BATCHES, json={"order_ids": [order, wrong], "type": "STORE_TO_FACTORY"})
        assert (response.status_code, response.json["code"]) == (400, "bad_order_id")
        assert wrong in response.json["error"]
    assert admin.get(BATCHES).json == []


@pytest.mark.parametrize("address", ["999", "0", "-1", "x", "9223372036854775808", "99999999999999999999999"])
def test_an_unknown_batch_is_404(admin, address, order):
    assert admin.get(f"{BATCHES}/{address}").status_code == 404
    assert admin.get(f"{BATCHES}/{address}/manifest").status_code == 404
    for step in ("initiate", "arrive", "complete", "cancel"):
        assert admin.put(f"{BATCHES}/{address}/{step}").status_code == 404
    assert admin.put(f"{BATCHES}/{address}", json={"order_ids": [order]}).status_code == 404
    assert admin.post(f"{BATCHES}/{address}/orders", json={"order_ids": [order]}).status_code == 404
    assert admin.delete(f"{BATCHES}/{address}/orders/{order}").status_code == 404


def test_orders_follow_their_batch_there_and_back(admin):
    orders = [place(admin)["id"] for _ in range(3)]
    there = batch_of(admin, orders)["id"]
    for step, status, order_status in (
        ("initiate", "IN_TRANSIT", "In Transit"),
        ("arrive", "ARRIVED", "At Factory"),
        ("complete", "COMPLETED", "At Factory"),
    ):
        assert take_step(admin, there, step)["status"] == status
        assert {state_of(admin, order) for order in orders} == {order_status}
    finish(admin, orders)
    back = batch_of(admin, orders, "FACTORY_TO_STORE")["id"]
    for step, status, order_status in (
        ("initiate", "IN_TRANSIT", "In Transit"),
        ("arrive", "ARRIVED", "Ready"),
        ("complete", "COMPLETED", "Ready"),
    ):
        assert take_step(admin, back, step)["status"] == status
        assert {state_of(admin, order) for order in orders} == {order_status}
    done = admin.get(f"{BATCHES}/{back}").json
    assert done["createdAt"] <= done["initiatedAt"] <= done["arrivedAt"] <= done["completedAt"]
    assert (done["orderIds"], done["cancelledAt"]) == (orders, None)


# How a batch gets into a state, which steps it then allows, and what the others say it would need.
WAYS = {
    "PENDING": ([], {"initiate", "cancel"}),
    "IN_TRANSIT": (["initiate"], {"arrive"}),
    "ARRIVED": (["initiate", "arrive"], {"complete"}),
    "COMPLETED": (["initiate", "arrive", "complete"], set()),
    "CANCELLED": (["cancel"], set()),
}
NEEDS = {"initiate": "PENDING", "cancel": "PENDING", "arrive": "IN_TRANSIT", "complete": "ARRIVED"}


@pytest.mark.parametrize("state", WAYS)
def test_a_wrong_step_is_400_and_names_the_state_it_needs(admin, order, state):
    way, allowed = WAYS[state]
    batch_id = batch_of(admin, [order])["id"]
    for step in way:
        take_step(admin, batch_id, step)
    before = (admin.get(f"{BATCHES}/{batch_id}").json, state_of(admin, order))
    for step in set(NEEDS) - allowed:
        response = admin.put(f"{BATCHES}/{batch_id}/{step}")
        assert (response.status_code, response.json["code"]) == (400, "wrong_batch_step")
        assert NEEDS[step] in response.json["error"]
        assert response.json["state"] == {"status": state}
    if state != "PENDING":
        other = {"order_ids": [place(admin)["id"]]}
        assert admin.put(f"{BATCHES}/{batch_id}", json=other).status_code == 400
        assert admin.post(f"{BATCHES}/{batch_id}/orders", json=other).status_code == 400
        assert admin.delete(f"{BATCHES}/{batch_id}/orders/{order}").status_code == 400
    assert (admin.get(f"{BATCHES}/{batch_id}").json, state_of(admin, order)) == before
    for step in sorted(allowed)[:1]:
        take_step(admin, batch_id, step)


def test_an_order_is_in_one_open_batch(admin, order):
    first = batch_of(admin, [order])["id"]
    response = admin.post(BATCHES, json={"order_ids": [place(admin)["id"], order], "type": "STORE_TO_FACTORY"})
    assert (response.status_code, response.json["code"]) == (409, "already_in_batch")
    assert response.json["state"] == {"batches": {order: first}}
    assert order in response.json["error"]
    second = batch_of(admin, [place(admin)["id"]])["id"]
    for refused in (
        admin.put(f"{BATCHES}/{second}", json={"order_ids": [order]}),
        admin.post(f"{BATCHES}/{second}/orders", json={"order_ids": [order]}),
    ):
        assert refused.status_code == 409
    assert len(admin.get(BATCHES).json) == 2


def test_a_cancelled_batch_lets_its_orders_go(admin, order):
    batch_id = batch_of(admin, [order])["id"]
    assert take_step(admin, batch_id, "cancel")["orderIds"] == [order]
    assert state_of(admin, order) == "At Store"
    assert batch_of(admin, [order])["id"] != batch_id


def test_a_completed_batch_lets_its_orders_go(admin, order):
    first = batch_of(admin, [order])["id"]
    for step in ("initiate", "arrive"):
        take_step(admin, first, step)
    finish(admin, [order])
    too_early = admin.post(BATCHES, json={"order_ids": [order], "type": "FACTORY_TO_STORE"})
    assert (too_early.status_code, too_early.json["code"]) == (409, "already_in_batch")
    take_step(admin, first, "complete")
    assert batch_of(admin, [order], "FACTORY_TO_STORE")["orderIds"] == [order]


@pytest.mark.parametrize(("events", "status", "kind"), [
    ([], "At Store", "FACTORY_TO_STORE"),
    (["dispatch"], "In Transit", "STORE_TO_FACTORY"),
    (["dispatch", "factory"], "At Factory", "FACTORY_TO_STORE"),
    (["processing"], "Processing", "STORE_TO_FACTORY"),
    (["processing"], "Processing", "FACTORY_TO_STORE"),
    (["processing", "ready"], "Ready", "STORE_TO_FACTORY"),
    (["processing", "ready", "counter"], "Collected", "FACTORY_TO_STORE"),
])  # fmt: skip
def test_an_order_elsewhere_in_its_life_does_not_travel(admin, employee, order, events, status, kind):
    for station in events:
        assert scan(employee, order, station).status_code == 200
    response = admin.post(BATCHES, json={"order_ids": [order], "type": kind})
    assert (response.status_code, response.json["code"]) == (409, "cannot_travel")
    assert response.json["state"] == {"orders": {order: status}}
    assert order in response.json["error"]


def test_all_leave_or_none_does(admin, employee):
    orders = [place(admin)["id"] for _ in range(3)]
    batch_id = batch_of(admin, orders)["id"]
    assert scan(employee, orders[1], "processing").status_code == 200
    refused = admin.put(f"{BATCHES}/{batch_id}/initiate")
    assert (refused.status_code, refused.json["state"]) == (409, {"orders": {orders[1]: "Processing"}})
    assert [state_of(admin, order) for order in orders] == ["At Store", "Processing", "At Store"]
    assert admin.get(f"{BATCHES}/{batch_id}").json["status"] == "PENDING"
    assert admin.delete(f"{BATCHES}/{batch_id}/orders/{orders[1]}").json["orderIds"] == [orders[0], orders[2]]
    assert take_step(admin, batch_id, "initiate")["status"] == "IN_TRANSIT"


def test_changes_what_is_in_a_pending_batch(admin):
    a, b, c = (place(admin)["id"] for _ in range(3))
    batch = f"{BATCHES}/{batch_of(admin, [a])['id']}"
    assert admin.post(f"{batch}/orders", json={"order_ids": [b, a]}).json["orderIds"] == [a, b]
    assert admin.put(batch, json={"orderIds": [c, b]}).json["orderIds"] == [b, c]
    assert admin.delete(f"{batch}/orders/{b.upper()}").json["orderIds"] == [c]
    for gone in (a, b, "nonsense"):
        assert admin.delete(f"{batch}/orders/{gone}").json["code"] == "not_in_batch"
    assert admin.put(batch, json={"order_ids": [a]}).json["orderIds"] == [a]
    assert batch_of(admin, [b, c])["orderIds"] == [b, c]
    assert admin.put(batch, json={"order_ids": []}).status_code == 400
    assert admin.put(batch, json={"order_ids": [UNKNOWN]}).status_code == 400


def test_an_empty_batch_does_not_leave(admin, order):
    batch_id = batch_of(admin, [order])["id"]
    assert admin.delete(f"{BATCHES}/{batch_id}/orders/{order}").json["orderIds"] == []
    refused = admin.put(f"{BATCHES}/{batch_id}/initiate")
    assert (refused.status_code, refused.json["code"]) == (409, "empty_batch")
    assert take_step(admin, batch_id, "cancel")["status"] == "CANCELLED"


def test_if_match_guards_against_a_lost_update(admin, order):
    batch_id = batch_of(admin, [order])["id"]
    seen = {"If-Match": admin.get(f"{BATCHES}/{batch_id}").headers["ETag"]}
    first = admin.post(f"{BATCHES}/{batch_id}/orders", json={"order_ids": [place(admin)["id"]]}, headers=seen)
    assert (first.status_code, first.headers["ETag"]) == (200, '"v2"')
    for late in (
        admin.put(f"{BATCHES}/{batch_id}/initiate", headers=seen),
        admin.put(f"{BATCHES}/{batch_id}", json={"order_ids": [order]}, headers=seen),
        admin.delete(f"{BATCHES}/{batch_id}/orders/{order}", headers=seen),
    ):
        assert (late.status_code, late.json["code"]) == (412, "stale_version")
    assert admin.put(f"{BATCHES}/{batch_id}/initiate", headers={"If-Match": first.headers["ETag"]}).status_code == 200


def test_one_key_makes_one_batch(admin, order):
    body, key = {"order_ids": [order], "type": "STORE_TO_FACTORY"}, {"Idempotency-Key": "van-1"}
    first, again = (admin.post(BATCHES, json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    refused = admin.post(BATCHES, json=body, headers={"Idempotency-Key": "van-2"})
    assert (refused.status_code, refused.json["state"]) == (409, {"batches": {order: first.json["id"]}})
    steps = [admin.put(f"{BATCHES}/{first.json['id']}/initiate", headers={"Idempotency-Key": "go"}) for _ in range(2)]
    assert [step.status_code for step in steps] == [200, 200]


def test_lists_newest_first_by_page_and_by_status(admin):
    made = [batch_of(admin, [place(admin)["id"]])["id"] for _ in range(5)]
    take_step(admin, made[1], "initiate")
    assert [batch["id"] for batch in admin.get(BATCHES).json] == made[::-1]
    assert [batch["id"] for batch in admin.get(f"{BATCHES}?status=IN_TRANSIT").json] == [made[1]]
    seen, address = [], f"{BATCHES}?limit=2"
    while address:
        page = admin.get(address)
        seen += [batch["id"] for batch in page.json]
        address = page.headers.get("Link", "").partition(">")[0].lstrip("<")
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "cursor=nonsense", "cursor=WyJ4Il0", "status=Lost", "status=pending", "colour=red"]
)
def test_refuses_a_bad_query(admin, query):
    assert admin.get(f"{BATCHES}?{query}").status_code == 400


def test_the_manifest_says_what_is_handed_over(admin):
    first = place(admin, customerName="Asha Verma", serviceIds=["s1", "s1", "s1", "s2"])
    second = place(admin)
    batch_id = batch_of(admin, [second["id"], first["id"]])["id"]
    manifest = admin.get(f"{BATCHES}/{batch_id}/manifest").json
    assert manifest["batch"] == admin.get(f"{BATCHES}/{batch_id}").json
    assert manifest["pieces"] == 6
    assert manifest["orders"][1] == {
        "id": first["id"], "number": first["number"], "customerName": "Asha Verma", "pieces": 4, "status": "At Store", "receivedAt": None,
    }  # fmt: skip
    for step in ("initiate", "arrive"):
        batch = take_step(admin, batch_id, step)
    lines = admin.get(f"{BATCHES}/{batch_id}/manifest").json["orders"]
    assert {(line["receivedAt"], line["status"]) for line in lines} == {(batch["arrivedAt"], "At Factory")}


def test_answers_look_as_described(admin, order):
    document = admin.get("/api/schema/").json

    def check(path: str, response) -> None:
        described = document["paths"][f"{BATCHES}{path}"][response.request.method.lower()]["responses"][str(response.status_code)]
        schema = {**described["content"]["application/json"]["schema"], "components": document["components"]}
        jsonschema.validate(response.json, schema, jsonschema.Draft202012Validator)

    body = {"order_ids": [order], "type": "STORE_TO_FACTORY"}
    check("", admin.post(BATCHES, json=body))
    check("", admin.post(BATCHES, json=body))
    check("", admin.post(BATCHES, json={}))
    check("", admin.get(BATCHES))
    batch = f"{BATCHES}/{admin.get(BATCHES).json[0]['id']}"
    check("/{batch_id}", admin.put(batch, json={"order_ids": [order]}))
    check("/{batch_id}", admin.put(batch, json={"order_ids": [order]}, headers={"If-Match": '"v1"'}))
    check("/{batch_id}/orders", admin.post(f"{batch}/orders", json={"order_ids": [order]}))
    check("/{batch_id}/arrive", admin.put(f"{batch}/arrive"))
    check("/{batch_id}/initiate", admin.put(f"{batch}/initiate"))
    check("/{batch_id}/orders/{order_id}", admin.delete(f"{batch}/orders/{order}"))
    check("/{batch_id}", admin.get(batch))
    check("/{batch_id}/manifest", admin.get(f"{batch}/manifest"))
    check("/{batch_id}", admin.get(f"{BATCHES}/999"))
    properties = document["components"]["schemas"]["BatchCreate"]["properties"]
    assert set(properties) == {"order_ids", "type", "created_by"}


def test_refuses_whoever_is_not_of_the_house(client, alice, worker, employee, admin, order):
    batch_id = batch_of(admin, [order])["id"]
    for somebody, status in ((client, 401), (alice, 401), (worker, 403), (employee, 403)):
        assert somebody.get(BATCHES).status_code == status
        assert somebody.get(f"{BATCHES}/{batch_id}").status_code == status
        assert somebody.get(f"{BATCHES}/{batch_id}/manifest").status_code == status
        assert somebody.post(BATCHES, json={"order_ids": [order], "type": "STORE_TO_FACTORY"}).status_code == status
        assert somebody.put(f"{BATCHES}/{batch_id}", json={"order_ids": [order]}).status_code == status
        assert somebody.post(f"{BATCHES}/{batch_id}/orders", json={"order_ids": [order]}).status_code == status
        assert somebody.delete(f"{BATCHES}/{batch_id}/orders/{order}").status_code == status
        for step in ("initiate", "arrive", "complete", "cancel"):
            assert somebody.put(f"{BATCHES}/{batch_id}/{step}").status_code == status
    assert admin.get(f"{BATCHES}/{batch_id}").json["status"] == "PENDING"
    assert take_step(admin, batch_id, "cancel")["status"] == "CANCELLED"
