"""The owner's day: an order comes in, the price list changes, and two people change it at once."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Shop, keep_picture
from tests.support.orders import ORDER
from tests.support.people import ADMIN

pytestmark = pytest.mark.browser


def test_the_owner_signs_in_and_sees_an_order_that_a_program_placed(own_shop: Shop, open_page: Open) -> None:
    placed = httpx.post(f"{own_shop.url}/api/orders", json={**ORDER, "customerName": "Ravi Krishnan"}).raise_for_status().json()["order"]
    page = open_page(own_shop, "/admin/login").page
    page.get_by_label("User name").fill(ADMIN.login)
    page.get_by_label("Password", exact=True).fill(ADMIN.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Today · FabClean")
    page.get_by_role("link", name=f"Order {placed['number']}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {placed['number']}")
    expect(page.get_by_text("Ravi Krishnan").first).to_be_visible()
    expect(page.get_by_text("Express service needed")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Handed in").first).to_have_attribute("aria-current", "step")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in to the office · FabClean")
    page.goto("/admin/")
    expect(page).to_have_title("Sign in to the office · FabClean")


def test_a_service_is_added_changed_retired_and_offered_again(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/admin/services/", ADMIN).page
    page.get_by_role("link", name="Add a service").click()
    page.get_by_label("Name").fill("Curtain cleaning")
    page.get_by_label("Price for one piece").fill("450.50")
    page.get_by_label("Ready in").fill("72")
    page.get_by_role("button", name="Add service").click()
    expect(page.get_by_role("status")).to_contain_text("“Curtain cleaning” is on the price list now.")
    row = page.get_by_role("row").filter(has_text="Curtain cleaning")
    expect(row).to_contain_text("₹450.50")
    expect(row).to_contain_text("3 days")

    row.get_by_role("link", name="Curtain cleaning").click()
    page.get_by_label("Price for one piece").fill("500")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="Curtain cleaning")).to_contain_text("₹500.00")
    keep_picture(page, "journey-service-saved")

    page.get_by_role("button", name="Retire: Curtain cleaning").click()
    expect(page.get_by_role("row").filter(has_text="Curtain cleaning")).to_contain_text("Retired")
    page.goto("/")
    expect(page.get_by_text("Curtain cleaning")).to_have_count(0)
    page.goto("/admin/services/")
    page.get_by_role("button", name="Offer again: Curtain cleaning").click()
    page.goto("/")
    expect(page.get_by_text("Curtain cleaning")).to_be_visible()


def test_a_form_that_does_not_do_keeps_what_was_typed_and_says_where(own_shop: Shop, open_page: Open) -> None:
    eyes = open_page(own_shop, "/admin/services/add", ADMIN)
    eyes.expected_statuses.add(400)
    page = eyes.page
    page.get_by_label("Name").fill("Shoes")
    page.get_by_label("Price for one piece").fill("12.345")
    page.get_by_label("Ready in").fill("24")
    page.get_by_role("button", name="Add service").click()
    price = page.get_by_label("Price for one piece")
    expect(price).to_have_value("12.345")
    expect(price).to_be_focused()
    expect(price).to_have_attribute("aria-invalid", "true")
    expect(price).to_have_accessible_description("INR has at most 2 decimals.")
    expect(page.get_by_label("Name")).to_have_value("Shoes")
    expect(page.get_by_role("alert")).to_have_text("One field needs another look.")
    eyes.check_access()
    keep_picture(page, "journey-service-refused")


def test_of_two_who_change_a_service_the_second_sees_what_the_first_did(own_shop: Shop, open_page: Open) -> None:
    first = open_page(own_shop, "/admin/services/s2/edit", ADMIN).page
    eyes = open_page(own_shop, "/admin/services/s2/edit", ADMIN)
    eyes.expected_statuses.add(412)
    second = eyes.page
    first.get_by_label("Price for one piece").fill("310")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("status")).to_be_visible()

    second.get_by_label("Name").fill("Dry cleaning, gentle")
    second.get_by_role("button", name="Save").click()
    alert = second.get_by_role("alert")
    expect(alert).to_contain_text("Somebody changed this service while you had it open, so yours was not saved.")
    expect(alert).to_contain_text("₹310.00")
    expect(second.get_by_label("Name")).to_have_value("Dry cleaning, gentle")
    eyes.check_access()
    keep_picture(second, "journey-service-stale")

    second.get_by_role("button", name="Replace with mine").click()
    expect(second.get_by_role("row").filter(has_text="Dry cleaning, gentle")).to_contain_text("₹300.00")


def test_pages_of_a_long_list_follow_each_other(full_shop: Shop, open_page: Open) -> None:
    page = open_page(full_shop, "/admin/orders/", ADMIN).page
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="Older orders").click()
    expect(rows).to_have_count(15)
    expect(page.get_by_role("link", name="Older orders")).to_have_count(0)
    page.get_by_role("link", name="Newest orders").click()
    expect(page.get_by_role("link", name="Older orders")).to_be_visible()
    page.get_by_role("navigation", name="Which orders").get_by_role("link", name="Cancelled").click()
    expect(rows).to_have_count(6)


def test_customers_are_brought_in_from_a_table_once_its_rows_are_right(own_shop: Shop, open_page: Open) -> None:
    eyes = open_page(own_shop, "/admin/customers/", ADMIN)
    page = eyes.page
    page.get_by_role("link", name="Import").click()
    table = "name;email;phone\nMia Meyer;mia@shop.example;+14155550123\nAlice;alice@example.com;\n"
    wrong = f"{table}Jo;nobody;\n"
    page.get_by_label("Table", exact=True).set_input_files({"name": "customers.csv", "mimeType": "text/csv", "buffer": wrong.encode()})
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("alert")).to_contain_text("1 row needs another look.")
    expect(page.get_by_role("row").filter(has_text="Not an e-mail address")).to_contain_text("4")
    expect(page.get_by_role("button", name="Import now")).to_have_count(0)
    eyes.check_access()
    keep_picture(page, "journey-import-refused")

    page.get_by_label("Table", exact=True).set_input_files({"name": "customers.csv", "mimeType": "text/csv", "buffer": table.encode()})
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("row").filter(has_text="Mia Meyer")).to_contain_text("New")
    expect(page.get_by_role("row").filter(has_text="Alice")).to_contain_text("This e-mail is on file already.")
    eyes.check_access()
    keep_picture(page, "journey-import-looked-over")
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_role("status")).to_contain_text("Imported: 1 new, 0 brought up to date, 1 left as they were.")
    expect(page.get_by_role("link", name="Mia Meyer")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    assert download.value.suggested_filename.startswith("customers-")
    assert "'+14155550123" in download.value.path().read_text()
