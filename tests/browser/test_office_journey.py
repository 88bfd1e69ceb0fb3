"""The owner's day in the office's rooms: somebody is invited and starts at the counter, an order moves on, and the figures follow."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Shop, keep_picture
from tests.support.orders import ORDER
from tests.support.people import ADMIN, MONA

pytestmark = pytest.mark.browser
PASSWORD = "thirteen odd parrots argue"


def test_the_owner_adds_a_service_and_invites_somebody_who_lands_at_the_counter(own_shop: Shop, open_page: Open) -> None:
    eyes = open_page(own_shop, "/admin/login")
    eyes.expected_statuses.add(400)
    page = eyes.page
    _sign_in(page, "User name", ADMIN.login, ADMIN.password)
    _go(page, "Services")
    page.get_by_role("link", name="Add a service").click()
    page.get_by_label("Name").fill("Shoe repair")
    page.get_by_label("Price for one piece").fill("120")
    page.get_by_label("Ready in").fill("48")
    page.get_by_role("button", name="Add service").click()
    expect(page.get_by_role("row").filter(has_text="Shoe repair")).to_contain_text("₹120.00")

    _go(page, "Staff")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Name").fill("Nora North")
    page.get_by_label("E-mail").fill(MONA.login)  # somebody else's
    page.get_by_label("Role").select_option(label="Counter and plant")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Nora North")
    page.get_by_label("E-mail").fill("nora@shop.example")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nora North is invited")
    eyes.check_access()
    keep_picture(page, "journey-invited")
    link = page.get_by_label("Or hand the link over yourself").input_value()

    theirs = open_page(own_shop, link.removeprefix(own_shop.url)).page
    expect(theirs.get_by_text("At least 15 characters.")).to_be_visible()
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    theirs.get_by_role("button", name="Set the password").click()
    _sign_in(theirs, "E-mail", "nora@shop.example", PASSWORD)
    expect(theirs).to_have_url(f"{own_shop.url}/employee/")


def test_an_order_is_found_moved_on_and_its_label_printed(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/admin/orders/", ADMIN).page
    answer = page.request.post("/api/orders", data={**ORDER, "customerName": "Omkar Kulkarni", "customerEmail": "omkar@example.com"})
    number = answer.json()["order"]["number"]
    page.get_by_label("Ticket, code, name, phone or e-mail").fill("omkar")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label(f"Choose order {number}").check()
    expect(page.get_by_text("1 chosen")).to_be_visible()
    with page.context.expect_event("request", lambda request: request.url.endswith("/admin/orders/labels")) as asked:
        page.get_by_role("button", name="Print labels").click()
    assert answer.json()["order"]["id"] in str(asked.value.post_data)

    page.get_by_role("link", name=f"Order {number}").click()
    page.get_by_role("button", name="Start work").click()
    expect(page.get_by_role("status")).to_contain_text(f"Order {number} is now: Processing.")
    expect(page.get_by_role("button", name="Mark as ready")).to_be_visible()
    expect(page.get_by_role("button", name="Start work")).to_have_count(0)


def test_the_days_figures_follow_what_happens_while_somebody_looks(own_shop: Shop, open_page: Open) -> None:
    eyes = open_page(own_shop, "/admin/login")
    page = eyes.page
    page.clock.install()
    _sign_in(page, "User name", ADMIN.login, ADMIN.password)
    figure = page.get_by_role("link", name="In today").locator(".tile-figure")
    before = int(figure.inner_text())
    with page.expect_response("**/admin/live"):
        page.clock.run_for(16_000)
    page.request.post("/api/orders", data=ORDER)
    with page.expect_response("**/admin/live"):
        page.clock.run_for(16_000)
    expect(figure).to_have_text(str(before + 1))
    with page.expect_response(lambda answer: answer.url.endswith("/admin/live") and answer.status == 304):
        page.clock.run_for(16_000)


def _go(page: Page, room: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=room, exact=True).click()


def _sign_in(page: Page, label: str, login: str, password: str) -> None:
    page.get_by_label(label).fill(login)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
