"""Two businesses with the same people, numbers and codes: whatever opens a door of one is worthless at the other's.

Both lie in files here; where else a business may lie, ``test_isolation`` has.
"""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, update

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import key_service, link_service, session_service
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.orders.models import Order
from app.portals.http import tokens
from app.tenancy.tenant_service import MAIN
from tests.labels.reading import scanned
from tests.support import people
from tests.support.shop import application, inside

NOBODYS = "http://api.example"  # a host that is nobody's: the first business, unless a token and the header say otherwise
ORDER = {"customerName": "Alice", "customerEmail": "alice@example.com", "customerPhone": "555-0100", "serviceIds": ["s1"]}
SLUGS = ("north", "south")


def at(slug):
    return f"http://{slug}.example"


@pytest.fixture(scope="module")
def shops(sqlite_databases, tmp_path_factory):
    folder, url = tmp_path_factory.mktemp("shops"), sqlite_databases.filled()
    with application(url, folder) as app:
        for slug in SLUGS:
            said = ("--name", slug.title(), "--plan", "pro", "--admin-email", "olga@shop.example", "--host", f"{slug}.example")
            result = app.test_cli_runner().invoke(args=["tenants", "provision", slug, *said])
            assert result.exit_code == 0, result.output
            with inside(app, slug):
                people.move_in()
        yield app
    sqlite_databases.drop(url)


@pytest.fixture
def twins(shops):
    """An order with the same code, number and tracking token in both, and whose it is in the north alone."""
    made = {}
    for slug in SLUGS:
        bearer = people.bearer_of(shops, people.ALICE, business=slug)
        made[slug] = shops.test_client().post("/api/orders", base_url=at(slug), json=ORDER, headers=bearer).json["order"]["id"]
    with inside(shops, "south"), unit_of_work() as session:
        session.execute(update(Order).where(Order.id == made["south"]).values(special_instructions="south canary"))
    return made


def pair_of(app, person, slug):
    """Access and refresh token."""
    begun = people._begin(app, person, session_service.TOKENS, slug)
    with inside(app, slug):
        return tokens.issue(begun)


def bearer(token, **more):
    return {"Authorization": f"Bearer {token}", **more}


def test_tokens_of_one_are_worthless_at_the_other(shops):
    pair = pair_of(shops, people.ALICE, "north")
    client = shops.test_client()
    assert client.get("/api/orders", base_url=at("north"), headers=bearer(pair["token"])).status_code == 200
    for where in (at("south"), NOBODYS):
        assert client.get("/api/orders", base_url=where, headers=bearer(pair["token"])).status_code == 401
        assert client.post("/auth/refresh", base_url=where, json={"refreshToken": pair["refreshToken"]}).status_code == 401
    # Nobody's trying it elsewhere has used it up.
    assert client.post("/auth/refresh", base_url=at("north"), json={"refreshToken": pair["refreshToken"]}).status_code == 200


def test_the_header_chooses_only_what_the_token_proves_and_the_host_does_not_deny(shops):
    """Every combination of host, header and token: only the one that agrees in all three gets in."""
    client, found = shops.test_client(), {}
    held = {slug: pair_of(shops, people.ALICE, slug)["token"] for slug in (MAIN, *SLUGS)} | {
        "forged": "e30.eyJ0ZW4iOiJub3J0aCJ9.AAAA",
        "": "",
    }
    for where in (at("north"), NOBODYS):
        for named in (None, MAIN, *SLUGS, "atlantis", "NORTH", ""):
            for whose, token in held.items():
                headers = (bearer(token) if token else {}) | ({"X-Tenant-Slug": named} if named is not None else {})
                answer = client.get("/api/orders", base_url=where, headers=headers)
                found[where, named, whose] = answer.status_code
                assert answer.status_code in (200, 401, 403), (where, named, whose)
    let_in = {case for case, status in found.items() if status == 200}
    assert let_in == {
        (at("north"), None, "north"),
        (at("north"), "north", "north"),
        (NOBODYS, None, MAIN),
        (NOBODYS, MAIN, MAIN),
        (NOBODYS, "north", "north"),
        (NOBODYS, "south", "south"),
    }
    assert found[NOBODYS, "north", "forged"] == 401  # it says so of itself, and has not the key
    assert {found[NOBODYS, named, ""] for named in ("north", "atlantis")} == {403}  # and nobody learns who is here


def test_a_key_of_one_is_worthless_at_the_other(shops):
    by, client = Principal.command_line("tests"), shops.test_client()
    with inside(shops, "north"):
        _, key = key_service.make("Web shop", ["order:read"], role=Role.MANAGER, days=9, by=by)
    cases = {(at("north"), None): 200, (at("south"), None): 401, (NOBODYS, None): 401, (NOBODYS, "north"): 200, (NOBODYS, "south"): 403}
    cases |= {(at("south"), "north"): 403, (at("north"), "south"): 403}
    for (where, named), status in cases.items():
        headers = {"X-Api-Key": key} | ({"X-Tenant-Slug": named} if named else {})
        assert client.get("/admin/api/orders", base_url=where, headers=headers).status_code == status, (where, named)
    # Beside a token of the south the key alone counts, also for which business is meant.
    both = {"X-Api-Key": key, **bearer(pair_of(shops, people.ALICE, "south")["token"])}
    for named, status in (("south", 403), ("north", 200)):
        answer = client.get("/admin/api/orders", base_url=NOBODYS, headers={**both, "X-Tenant-Slug": named})
        assert answer.status_code == status


def test_the_header_opens_nothing_with_a_cookie(shops):
    client = shops.test_client()
    staff = {"username": people.MONA.login, "password": people.MONA.password}
    assert client.post("/admin/login", base_url=at("north"), json=staff).status_code == 200
    for domain in ("south.example", "api.example"):
        client.set_cookie("session", client.get_cookie("session", domain="north.example").value, domain=domain)
    assert client.get("/admin/api/orders", base_url=at("north")).status_code == 200
    assert client.get("/admin/api/orders", base_url=at("south")).status_code == 401
    assert client.get("/admin/api/orders", base_url=NOBODYS).status_code == 401
    assert client.get("/admin/api/orders", base_url=NOBODYS, headers={"X-Tenant-Slug": "north"}).status_code == 403


def test_a_link_sent_by_one_is_worthless_at_the_other(shops):
    by = Principal.command_line("tests")
    account_id = people.account_id_of(shops, people.BOB, business="north")
    assert account_id == people.account_id_of(shops, people.BOB, business="south")  # they collide, as everything here does
    with inside(shops, "north"):
        token = link_service.make(link_service.RESET, account_id=account_id, by=by)
    said = {"token": token, "password": "three quiet river stones"}
    client = shops.test_client()
    for where in (at("south"), NOBODYS):
        assert client.post("/auth/reset", base_url=where, json=said).json["code"] == "link_refused"
    assert client.post("/auth/reset", base_url=at("north"), json=said).status_code == 200
    signed = {
        slug: client.post("/auth/login", base_url=at(slug), json={"email": people.BOB.login, "password": said["password"]})
        for slug in SLUGS
    }
    assert [answer.status_code for answer in signed.values()] == [200, 401]


def test_the_same_key_of_the_same_customer_is_another_request(shops):
    client, ids = shops.test_client(), set()
    for slug in SLUGS:
        headers = {**people.bearer_of(shops, people.ALICE, business=slug), "Idempotency-Key": "one-and-the-same"}
        for _ in range(2):
            placed = client.post("/api/orders", base_url=at(slug), json=ORDER, headers=headers)
            assert placed.status_code == 201
            ids.add((slug, placed.json["order"]["id"]))
    assert len(ids) == len({order_id for _, order_id in ids}) == 2


def test_a_file_of_one_is_not_there_in_the_other(shops):
    """The same driver's number and the same picture make the same name."""
    client, picture = shops.test_client(), BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "PNG")
    held = {slug: people.bearer_of(shops, people.WANDA, business=slug) for slug in SLUGS}
    sent = client.post(
        "/worker/api/files", base_url=at("north"), data=picture.getvalue(), headers={**held["north"], "Content-Type": "image/png"}
    )
    assert sent.status_code == 201, sent.text
    path = f"/worker/api/files/{sent.json['id']}"
    assert client.get(path, base_url=at("north"), headers=held["north"]).status_code == 200
    assert client.get(path, base_url=at("south"), headers=held["south"]).status_code == 404


def test_codes_and_tracking_links_lead_to_their_own(shops, twins):
    """What is scanned and what is tracked says nothing of the other's, even under the same number."""
    client = shops.test_client()
    with inside(shops, "south"):
        token = db.session.execute(select(Order.tracking_token).where(Order.id == twins["south"])).scalar_one()
    for slug, status in (("south", 200), ("north", 404)):
        assert client.get(f"/track/{token}", base_url=at(slug)).status_code == status
        staff = people.bearer_of(shops, people.ERIN, business=slug)
        scan = client.post("/employee/api/scans", base_url=at(slug), json={"code": twins["south"], "station": "dispatch"}, headers=staff)
        assert scan.status_code == status
        found = client.get("/admin/api/orders", base_url=at(slug), headers=people.bearer_of(shops, people.MONA, business=slug))
        assert (twins["south"] in found.text) is (slug == "south")
    page = client.get(
        f"/api/orders/{twins['north']}", base_url=at("north"), headers=people.bearer_of(shops, people.ALICE, business="north")
    )
    assert page.status_code == 200
    assert "canary" not in page.text


def test_labels_and_letters_lead_to_their_own_address(shops, twins):
    for slug in SLUGS:
        headers = people.bearer_of(shops, people.ALICE, business=slug)
        label = shops.test_client().get(f"/api/orders/{twins[slug]}/label.png", base_url=at(slug), headers=headers)
        (link,) = [text for kind, text in scanned(Image.open(BytesIO(label.data))) if kind == "QRCode"]
        assert link.startswith(f"https://{slug}.example/track/")
