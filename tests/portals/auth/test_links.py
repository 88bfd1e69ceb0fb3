"""Links that letters carry: to a new password, to a first one, to an invitation."""

import re
import statistics
import threading
import time

import pytest
from sqlalchemy import select, text, update

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.customers import customer_service
from app.extensions import db
from app.identity import account_service, link_service
from app.identity.models import OneTimeLink
from app.identity.principal import Principal
from app.orders import order_service
from tests.support.mail import letters, link_in, token_in
from tests.support.orders import ORDER, place
from tests.support.people import ALICE, BOB, ERIN, PASSWORD, account_id_of, bearer_of, client_of
from tests.support.shop import application, inside

FRESH = "eleven calm badgers dig"
STAFF_FRESH = "twelve proud geese march"
JANE = ORDER["customerEmail"]


def ask(client, email, **options):
    return client.post("/auth/forgot", json={"email": email}, **options)


def token_for(app, client, email):
    assert ask(client, email).status_code == 202
    return token_in(letters(app, email)[-1])


def log_in(client, email, password):
    return client.post("/auth/login", json={"email": email, "password": password}).status_code


def test_a_forgotten_password_is_set_anew(app, client):
    token = token_for(app, client, ALICE.login)
    response = client.post("/auth/reset", json={"token": token, "password": FRESH})
    assert (response.status_code, response.json) == (200, {"message": "Your password is set. Sign in with it."})
    assert (log_in(client, ALICE.login, FRESH), log_in(client, ALICE.login, PASSWORD)) == (200, 401)


def test_the_letter_says_what_it_is_about_in_text_and_html(app, client):
    ask(client, " ALICE@example.com ")
    (letter,) = letters(app)
    assert letter["To"] == ALICE.login
    assert letter["Subject"] == "A new password for FabClean"
    assert letter["From"].startswith("FabClean <no-reply@")
    link = link_in(letter)
    assert f'href="{link}"' in letter.get_body(("html",)).get_content()
    assert len(link.partition("token=")[2]) >= 43  # 256 bits


def test_the_letter_speaks_as_whoever_asks_reads(app, client, admin):
    client.post("/auth/forgot", json={"email": ALICE.login}, headers={"Accept-Language": "hi"})
    (letter,) = letters(app)
    assert re.search("[\u0900-\u097f]", letter["Subject"])
    # What the office reads says nothing about whom it invites.
    hired = {"name": "Nia", "email": "nia@shop.example", "role": "worker"}
    assert admin.post("/admin/api/workers", json=hired, headers={"Accept-Language": "hi"}).status_code == 201
    assert letters(app, "nia@shop.example")[0]["Subject"].startswith("You work at")


def test_every_sign_in_of_the_account_is_over(app, client):
    browser, header = client_of(app, ALICE), bearer_of(app, ALICE)
    tokens = client.post("/auth/login", json=ALICE.credentials).json
    token = token_for(app, client, ALICE.login)
    assert browser.get("/api/orders").status_code == 200
    client.post("/auth/reset", json={"token": token, "password": FRESH})
    assert browser.get("/api/orders").status_code == 401
    assert client.get("/api/orders", headers=header).status_code == 401
    assert client.post("/auth/refresh", json={"refreshToken": tokens["refreshToken"]}).status_code == 401


def test_a_link_is_good_once(app, client):
    token = token_for(app, client, ALICE.login)
    assert client.post("/auth/reset", json={"token": token, "password": FRESH}).status_code == 200
    again = client.post("/auth/reset", json={"token": token, "password": "other words entirely"})
    assert (again.status_code, again.json["code"]) == (400, "link_refused")
    assert log_in(client, ALICE.login, FRESH) == 200


def use_at_once(app, token, times=20):
    statuses, begin = [], threading.Barrier(times)

    def use(number):
        client = app.test_client()
        begin.wait()
        answer = client.post("/auth/reset", json={"token": token, "password": f"{FRESH} number {number}"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.slow
def test_of_twenty_at_once_one_gets_through(app, client):
    statuses = use_at_once(app, token_for(app, client, ALICE.login))
    assert sorted(statuses) == [200] + [400] * 19


def test_without_the_conditional_update_more_get_through(app, client, monkeypatch):
    """The control: whoever looks first and marks afterwards lets in everybody who looked before the first mark. On SQLite, which
    has one writer at a time, the unit of work is guard enough.
    """
    seen = []

    def look_then_mark(purpose, token):
        link = link_service.look_at(purpose, token)
        seen.append(token)
        time.sleep(0.5)
        return link

    token = token_for(app, client, ALICE.login)
    monkeypatch.setattr(link_service, "use", look_then_mark)
    use_at_once(app, token, 4)
    assert (len(seen) > 1) is not app.config["DATABASE_URL"].startswith("sqlite")


def test_a_newer_link_makes_the_older_worthless(app, client):
    older, newer = token_for(app, client, ALICE.login), token_for(app, client, ALICE.login)
    assert client.post("/auth/reset", json={"token": older, "password": FRESH}).status_code == 400
    assert client.post("/auth/reset", json={"token": newer, "password": FRESH}).status_code == 200


@pytest.mark.parametrize(("purpose", "minutes"), [("reset", 30), ("claim", 30), ("invite", 7 * 24 * 60)])
def test_a_link_runs_out(app, purpose, minutes):
    with inside(app):
        owner = {"account_id": 1} if purpose != "claim" else {"customer_id": 1}
        token = link_service.make(purpose, **owner, by=Principal.anyone("tests"))
        link = link_service.look_at(purpose, token)
        assert (link.expires_at - link.created_at).total_seconds() == minutes * 60
        with unit_of_work() as session:
            session.execute(update(OneTimeLink).values(expires_at=clock.now()))
        with pytest.raises(link_service.LinkRefused):
            link_service.use(purpose, token)
        assert link_service.forget_expired() == 1


def test_a_link_opens_only_what_it_is_for(app, client):
    token = token_for(app, client, ALICE.login)
    for door in ("/auth/claim", "/auth/invite"):
        assert client.post(door, json={"token": token, "password": FRESH}).json["code"] == "link_refused"
    assert client.post("/auth/reset", json={"token": token, "password": FRESH}).status_code == 200


def test_a_weak_password_does_not_use_the_link_up(app, client):
    token = token_for(app, client, ALICE.login)
    for weak in ("short", "alicearcher12", "qwertyuiop12"):
        assert client.post("/auth/reset", json={"token": token, "password": weak}).json["code"] == "weak_password"
    assert client.post("/auth/reset", json={"token": token, "password": FRESH}).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 43, "a b", "\u2603" * 20, "0" * 100])
def test_refuses_a_made_up_token(client, token):
    for door in ("/auth/reset", "/auth/claim", "/auth/invite"):
        assert client.post(door, json={"token": token, "password": FRESH}).status_code == 400


def test_only_the_hash_is_stored_and_nothing_is_logged(app, client, capfd):
    token = token_for(app, client, ALICE.login)
    with inside(app):
        stored = db.session.execute(select(*OneTimeLink.__table__.columns)).all()
        assert len(stored) == 1
        assert token not in str(stored)
    client.get(f"/auth/reset?token={token}", headers={"Accept": "text/html"})
    client.post("/auth/reset", json={"token": token, "password": FRESH})
    with inside(app):
        assert token not in str(db.session.execute(text("SELECT * FROM audit_entry")).all())
    logged = capfd.readouterr()
    assert token not in logged.err + logged.out
    assert ALICE.login not in logged.err + logged.out


def test_known_and_unknown_addresses_look_alike(app, client):
    place(client)
    answers = [ask(client, email) for email in (ALICE.login, ERIN.login, JANE, "nobody@example.com")]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.data for answer in answers}) == 1
    assert len({str([header for header in answer.headers if header[0] != "X-Request-Id"]) for answer in answers}) == 1
    assert {letter["To"] for letter in letters(app)} == {ALICE.login, ERIN.login, JANE}


@pytest.mark.slow
def test_known_and_unknown_addresses_take_as_long(app, client):
    """As the area under the curve: how often a known address took longer than an unknown one. A coin has 0.5."""
    rounds = 60
    with inside(app):
        for number in range(rounds):
            customer = customer_service.find_or_create("Known", f"known{number}@example.com", "555-0100", by=Principal.anyone("tests"))
            account_service.create_customer_account(customer.email, "Known", customer.id, "no hash", by=Principal.anyone("tests"))

    def seconds(email, number):
        began = time.perf_counter()
        answer = ask(client, email, environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"})
        taken = time.perf_counter() - began
        assert answer.status_code == 202
        return taken

    seconds("warm@example.com", 255)
    pairs = [(seconds(f"known{number}@example.com", number), seconds(f"other{number}@example.com", number)) for number in range(rounds)]
    known, unknown = zip(*pairs, strict=True)
    longer = statistics.mean(1.0 if a > b else 0.5 if a == b else 0.0 for a in known for b in unknown)
    assert 0.3 < longer < 0.7, longer


def test_asking_is_limited_by_network_and_by_address(app, client):
    statuses = [ask(client, "nobody@example.com").status_code for _ in range(6)]
    assert statuses == [202] * 5 + [429]
    elsewhere = ask(client, "Nobody@Example.com", environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 429
    assert int(elsewhere.headers["Retry-After"]) > 0
    statuses = [ask(client, f"nobody{number}@example.com").status_code for number in range(15)]
    assert statuses == [202] * 14 + [429]


@pytest.mark.parametrize("poison", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}])
def test_links_lead_to_the_configured_address_only(database_url, tmp_path, poison):
    with application(database_url, tmp_path, FABCLEAN_PUBLIC_URL="https://shop.example/") as app:
        assert ask(app.test_client(), ALICE.login, headers=poison).status_code == 202
        (letter,) = letters(app)
        assert link_in(letter).startswith("https://shop.example/auth/reset?token=")
        assert "evil" not in letter.as_string()


def test_without_a_public_address_production_sends_nothing_and_says_so_to_all(database_url, tmp_path):
    strict = {"FABCLEAN_ENV": "production", "TRUSTED_PROXIES": "0", "SECRET_KEY": "Xk29vLm4Tq7ZsWc8RbNd5Yh3Gf6Jp1Ea"}
    strict["JWT_SECRET_KEY"] = strict["SECRET_KEY"][::-1]
    with application(database_url, tmp_path, **strict) as app:
        answers = [ask(app.test_client(), email) for email in (ALICE.login, "nobody@example.com")]
        assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(503, "no_public_address")] * 2
        assert app.test_client().post("/api/orders", json=ORDER).status_code == 201
        assert letters(app) == []


def test_staff_get_a_link_too_and_need_a_longer_password(app, client):
    token = token_for(app, client, ERIN.login)
    assert "At least 15 characters" in client.get(f"/auth/reset?token={token}", headers=HTML).text
    assert "At least 12 characters" in client.get(f"/auth/reset?token={token_for(app, client, ALICE.login)}", headers=HTML).text
    assert client.post("/auth/reset", json={"token": token, "password": "plum ink vow"}).json["code"] == "weak_password"
    assert client.post("/auth/reset", json={"token": token, "password": STAFF_FRESH}).status_code == 200
    assert client.post("/employee/login", json={"email": ERIN.login, "password": STAFF_FRESH}).status_code == 200


def test_whoever_is_switched_off_gets_no_link_and_has_no_use_for_one(app, client, admin):
    token = token_for(app, client, ERIN.login)
    admin.delete(f"/admin/api/workers/{account_id_of(app, ERIN)}")
    assert client.post("/auth/reset", json={"token": token, "password": STAFF_FRESH}).json["code"] == "link_refused"
    ask(client, ERIN.login)
    assert len(letters(app, ERIN.login)) == 1


def test_an_order_of_an_unknown_address_brings_a_claim_once(app, client):
    first = place(client)
    place(client)
    (letter,) = letters(app)
    assert letter["To"] == JANE
    assert "Jane" not in letter.get_body(("plain",)).get_content()  # a stranger may have typed the name
    response = client.post("/auth/claim", json={"token": token_in(letter), "password": FRESH})
    assert response.status_code == 200
    signed_in = client.post("/auth/login", json={"email": JANE, "password": FRESH}).json
    mine = client.get("/api/orders", headers={"Authorization": f"Bearer {signed_in['token']}"}).json
    assert [order["id"] for order in mine][-1] == first["id"]
    assert len(mine) == 2


def test_an_order_of_a_known_address_brings_nothing(app, client, alice):
    place(client, customerEmail=ALICE.login)
    place(alice, customerEmail=ALICE.login)
    assert letters(app) == []


def test_an_order_that_is_refused_brings_nothing(app, client):
    assert client.post("/api/orders", json={**ORDER, "serviceIds": ["nothing"]}).status_code == 400
    assert letters(app) == []


def test_orders_made_without_a_request_write_to_nobody(app):
    with inside(app):
        order_service.place({**ORDER, "pickupDate": None}, by=Principal.anyone("tests"))
    assert letters(app) == []


def test_a_repeated_order_brings_one_claim(app, client):
    for _ in range(2):
        assert client.post("/api/orders", json=ORDER, headers={"Idempotency-Key": "k1"}).status_code == 201
    assert len(letters(app)) == 1


@pytest.mark.slow
def test_one_network_can_have_only_so_many_strangers_written_to(app, client):
    for number in range(22):
        place(client, customerEmail=f"stranger{number}@example.com")
    assert len(letters(app)) == 20


def test_claiming_twice_and_after_an_account_exists(app, client):
    place(client)
    token = token_in(letters(app)[0])
    assert client.post("/auth/claim", json={"token": token, "password": FRESH}).status_code == 200
    assert client.post("/auth/claim", json={"token": token, "password": FRESH}).json["code"] == "link_refused"
    ask(client, JANE)
    assert letters(app)[-1]["Subject"] == "A new password for FabClean"


HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("page", ["reset", "claim", "invite"])
def test_the_link_leads_to_a_page_whose_form_works(app, client, page):
    response = client.get(f"/auth/{page}?token=abc%22%3E%3Cb%3E", headers=HTML)
    assert response.status_code == 200
    assert 'name="token" value="abc&#34;&gt;&lt;b&gt;"' in response.text
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_browser_sets_its_password_and_goes_on_to_sign_in(app, client):
    sent = client.post("/auth/forgot", data={"email": ALICE.login}, headers=HTML)
    assert sent.status_code == 202
    assert "on its way" in sent.text
    token = token_in(letters(app)[0])
    weak = client.post("/auth/reset", data={"token": token, "password": "short"}, headers=HTML)
    assert weak.status_code == 400
    assert f'value="{token}"' in weak.text
    done = client.post("/auth/reset", data={"token": token, "password": FRESH}, headers=HTML)
    assert (done.status_code, done.headers["Location"]) == (303, "/customer/login")
    over = client.post("/auth/reset", data={"token": token, "password": FRESH}, headers=HTML)
    assert "no longer good" in over.text


def test_a_form_from_another_site_is_refused(app, client):
    response = client.post("/auth/forgot", data={"email": BOB.login}, headers={"Origin": "https://evil.example", **HTML})
    assert response.status_code == 403
    assert letters(app) == []
