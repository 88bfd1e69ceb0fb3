"""A customer's way: sign up, hand something in, follow it; and somebody who only holds the ticket."""

import re
import sqlite3
import time

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Shop, keep_picture
from tests.support import mail
from tests.support.orders import ORDER
from tests.support.people import ALICE, BOB, ERIN

pytestmark = pytest.mark.browser


def test_a_customer_signs_up_and_sees_their_own_order(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/").page
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name").fill("Nina New")
    page.get_by_label("E-mail").fill("nina@example.com")
    page.get_by_label("Phone").fill("+91 98200 12345")
    page.get_by_label("Password", exact=True).fill("seven green lamps hum")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=3)).to_have_text("No orders yet")

    order = {**ORDER, "customerEmail": "nina@example.com", "customerName": "Nina New"}
    httpx.post(f"{own_shop.url}/api/orders", json={**ORDER, "customerEmail": "somebody@else.example"}).raise_for_status()
    placed = httpx.post(f"{own_shop.url}/api/orders", json=order).raise_for_status().json()["order"]
    page.reload()
    expect(page.get_by_role("link", name=re.compile("^Order"))).to_have_text([f"Order {placed['number']}"])
    keep_picture(page, "journey-customer-home")
    page.get_by_role("link", name=f"Order {placed['number']}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your things")

    page.get_by_role("link", name="Tracking page").click()
    expect(page.get_by_text("Hello Nina")).to_be_visible()
    text = page.get_by_role("main").inner_text()
    assert "nina@example.com" not in text
    assert "New" not in text
    assert "₹" not in text


def test_a_walk_in_claims_the_account_follows_the_order_and_books_a_pickup(own_shop: Shop, open_page: Open) -> None:
    walk_in = {**ORDER, "customerEmail": "wilma@example.com", "customerName": "Wilma Walk-In"}
    bearer = own_shop.server.bearer(ERIN)
    placed = httpx.post(f"{own_shop.url}/employee/api/orders", json=walk_in, headers=bearer).raise_for_status().json()

    page = open_page(own_shop, _link_mailed_to("wilma@example.com", own_shop).removeprefix(own_shop.url)).page
    page.get_by_label("Password", exact=True).fill("nine quiet lamps sing")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_label("E-mail").fill("wilma@example.com")
    page.get_by_label("Password", exact=True).fill("nine quiet lamps sing")
    page.get_by_role("button", name="Sign in").click()

    scan = {"code": placed["id"], "station": "processing"}
    httpx.post(f"{own_shop.url}/employee/api/scans", json=scan, headers=bearer).raise_for_status()
    page.get_by_role("link", name=f"Order {placed['number']}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Being cleaned right now")

    page.get_by_role("link", name="Book this again").click()
    page.get_by_label("Laundry").fill("3")
    page.get_by_label("Collect it at my door").check()
    page.get_by_label("Address").fill("12 Lake Road")
    keep_picture(page, "journey-customer-books")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("status")).to_contain_text("Our driver comes to your door.")
    expect(page.get_by_role("heading", level=1)).to_have_text("We come to collect it")
    keep_picture(page, "journey-customer-booked")


def _link_mailed_to(address: str, shop: Shop) -> str:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        letters = [mail.read(file.read_bytes()) for file in (shop.server.disk / "outbox").glob("*.eml")]
        mine = [mail.link_in(letter) for letter in letters if letter["To"] == address]
        if ways_in := [link for link in mine if "/auth/" in link]:  # what has become of an order is told in letters as well
            return ways_in[-1]
        time.sleep(0.1)
    raise AssertionError(f"no letter came to {address}")


def test_signing_up_says_at_the_field_what_is_wrong(own_shop: Shop, open_page: Open) -> None:
    eyes = open_page(own_shop, "/customer/signup")
    eyes.expected_statuses.add(400)
    page = eyes.page
    page.get_by_label("Your name").fill("Nora Newcomer")
    page.get_by_label("E-mail").fill("nora@example.com")
    page.get_by_label("Phone").fill("call me")
    page.get_by_label("Password", exact=True).fill("seven green lamps hum")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("Phone")).to_have_accessible_description(re.compile("Not a phone number"))
    expect(page.get_by_label("Your name")).to_have_value("Nora Newcomer")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    page.get_by_label("Phone").fill("555-0199")
    page.get_by_label("Password", exact=True).fill("fabcleanadmin")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("Password", exact=True)).to_have_accessible_description(re.compile("easy to guess"))
    eyes.check_access()
    keep_picture(page, "journey-sign-up-refused")


def test_an_e_mail_that_is_known_leads_to_signing_in(own_shop: Shop, open_page: Open) -> None:
    eyes = open_page(own_shop, "/customer/signup")
    eyes.expected_statuses.add(400)
    page = eyes.page
    for label, text in (("Your name", "Alice"), ("E-mail", ALICE.login), ("Phone", "555-0100"), ("Password", "seven green lamps hum")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("alert").get_by_role("link", name="sign in").click()
    expect(page).to_have_url(f"{own_shop.url}/customer/login")


def test_whoever_holds_the_ticket_follows_the_order(full_shop: Shop, open_page: Open) -> None:
    furniture = full_shop.furniture
    assert furniture is not None
    page = open_page(full_shop, "/").page
    page.get_by_label("Track an order").fill(f"{full_shop.url}/track/{furniture.token}")
    page.get_by_role("button", name="Track").click()
    expect(page).to_have_url(f"{full_shop.url}/track/{furniture.token}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Being cleaned right now")
    expect(page.locator("[aria-current=step]")).to_contain_text("Being cleaned")


def test_an_unknown_code_is_said_where_it_was_typed(full_shop: Shop, open_page: Open) -> None:
    eyes = open_page(full_shop, "/track")
    eyes.expected_statuses.add(404)
    eyes.page.get_by_label("Track an order").fill("nonsense")
    eyes.page.get_by_role("button", name="Track").click()
    code = eyes.page.get_by_label("Track an order")
    expect(code).to_have_value("nonsense")
    expect(code).to_have_accessible_description(re.compile("We know no order by this code"))


def test_a_stranger_sees_a_sentence_instead_of_anothers_order(full_shop: Shop, open_page: Open) -> None:

    assert full_shop.furniture is not None
    page = open_page(full_shop, f"/customer/orders/{full_shop.furniture.order_id}", BOB, status=403).page
    expect(page.get_by_role("main")).to_contain_text("This order belongs to somebody else.")


def test_the_error_page_needs_no_database(own_shop: Shop, open_page: Open) -> None:
    """Without its tables nothing can be read, not even whose shop this is."""
    eyes = open_page(own_shop, "/")
    eyes.expected_statuses |= {500, 503}
    with sqlite3.connect(own_shop.database, timeout=10) as database:
        database.execute("ALTER TABLE service RENAME TO service_away")
    try:
        eyes.page.reload()
        expect(eyes.page.get_by_role("heading", level=1)).to_be_visible()
        expect(eyes.page.get_by_text("If you ask us about this")).to_be_visible()
        eyes.check_access()
        keep_picture(eyes.page, "journey-error")
    finally:
        with sqlite3.connect(own_shop.database, timeout=10) as database:
            database.execute("ALTER TABLE service_away RENAME TO service")
