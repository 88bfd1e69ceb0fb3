"""The API's description, shown by Swagger UI and by ReDoc, under the Content-Security-Policy."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Shop, keep_picture

pytestmark = pytest.mark.browser


def test_swagger_ui_renders(full_shop: Shop, open_page: Open) -> None:
    page = open_page(full_shop, "/api/schema/swagger-ui/").page
    expect(page.locator(".opblock").first).to_be_visible()
    page.locator(".opblock").filter(has_text="/api/orders").first.click()
    expect(page.get_by_text("customerName").first).to_be_visible()
    keep_picture(page, "swagger-ui", whole=False)


def test_redoc_renders(full_shop: Shop, open_page: Open) -> None:
    """It would like to fetch its maker's logo and to evaluate text; both are refused, and it does without. It jumps a little."""
    eyes = open_page(full_shop, "/api/schema/redoc/")
    eyes.tolerated = ("https://cdn.redoc.ly/redoc/logo-mini", "script-src eval", "'script-src' was not explicitly set", "the page jumped")
    page = eyes.page
    page.get_by_role("link", name="api", exact=True).click()
    page.get_by_role("link", name="Place order").click()
    expect(page.get_by_role("heading", name="Place order")).to_be_visible()
    expect(page.get_by_text("customerName").first).to_be_visible()
    keep_picture(page, "redoc", whole=False)
