"""Getting in: a wrong password costs nothing but the password, and a session that ran out leads back to the same page."""

import sqlite3

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Shop, keep_picture
from tests.support.people import ADMIN, ALICE, ERIN, WANDA, Person

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("portal", "label"), [("admin", "User name"), ("employee", "E-mail or user name"), ("customer", "E-mail")])
def test_a_wrong_password_keeps_the_login_and_not_the_password(portal: str, label: str, own_shop: Shop, open_page: Open) -> None:
    eyes = open_page(own_shop, f"/{portal}/login")
    eyes.expected_statuses.add(401)
    page = eyes.page
    page.get_by_label(label).fill("somebody@example.com")
    page.get_by_label("Password", exact=True).fill("not the right one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Invalid credentials")
    expect(page.get_by_label(label)).to_have_value("somebody@example.com")
    password = page.get_by_label("Password", exact=True)
    expect(password).to_have_value("")
    expect(password).to_be_focused()
    eyes.check_access()
    keep_picture(page, f"journey-wrong-password-{portal}")


def test_an_expired_session_returns_to_the_same_page_after_signing_in(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/admin/login").page
    _sign_in(page, "User name", ADMIN)
    page.goto("/admin/orders/?status=Ready")
    with sqlite3.connect(own_shop.database, timeout=10) as database:
        newest = "SELECT id FROM sign_in_session ORDER BY created_at DESC LIMIT 1"
        database.execute(f"UPDATE sign_in_session SET expires_at = '2020-01-01T00:00:00.000Z' WHERE id = ({newest})")
    page.reload()
    expect(page).to_have_title("Sign in to the office · FabClean")
    _sign_in(page, "User name", ADMIN)
    expect(page).to_have_url(f"{own_shop.url}/admin/orders/?status=Ready")


@pytest.mark.parametrize(("portal", "person"), [("employee", ERIN), ("worker", WANDA), ("customer", ALICE)])
def test_whoever_signs_in_lands_in_their_portal_and_can_leave_it(portal: str, person: Person, own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, f"/{portal}/login").page
    _sign_in(page, "E-mail", person)
    expect(page).to_have_url(f"{own_shop.url}/{portal}/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{own_shop.url}/{portal}/login")


def test_the_keyboard_alone_is_enough(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/customer/").page
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(ALICE.login)
    page.keyboard.press("Tab")
    page.keyboard.type(ALICE.password)
    page.keyboard.press("Enter")
    expect(page).to_have_title("My orders · FabClean")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_password_can_be_looked_at(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/customer/signup").page
    password = page.get_by_label("Password", exact=True)
    password.fill("what did I type")
    page.get_by_role("button", name="Show the password").click()
    expect(password).to_have_attribute("type", "text")
    page.get_by_role("button", name="Show the password").click()
    expect(password).to_have_attribute("type", "password")


def _sign_in(page, label: str, person: Person) -> None:  # type: ignore[no-untyped-def]
    page.get_by_label(label).fill(person.login)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Sign in").click()
