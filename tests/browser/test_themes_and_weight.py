"""Light and dark without a flash, pages without scripts, and what the first visit costs."""

import pytest
from playwright.sync_api import Response, Route, expect

from tests.browser.conftest import Open, Shop
from tests.support.people import ADMIN, ALICE

pytestmark = pytest.mark.browser

PAPER = {"light": "rgb(250, 246, 240)", "dark": "rgb(24, 19, 24)"}
OWN_BYTES_AT_MOST = 150_000
# What could be painted first is settled by then, or it is too late.
AT_THE_FIRST_OF_THE_BODY = """
new MutationObserver((_, watching) => {
  if (!document.body) return;
  window.first = document.documentElement.dataset.bsTheme ?? "not settled";
  watching.disconnect();
}).observe(document, { childList: true, subtree: true });
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_systems_setting_holds_with_and_without_scripts(scheme: str, scripts: bool, own_shop: Shop, open_page: Open) -> None:
    if not scripts:
        eyes = open_page(own_shop, "/", color_scheme=scheme, java_script_enabled=False)
        expect(eyes.page.locator("[data-theme-toggle]")).not_to_be_visible()
    else:
        eyes = open_page(own_shop, "/", color_scheme=scheme)
        expect(eyes.page.locator("[data-theme-toggle]")).to_be_visible()
    expect(eyes.page.locator("body")).to_have_css("background-color", PAPER[scheme])


def test_a_choice_is_kept_and_is_there_before_anything_is_painted(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/", color_scheme="light").page
    page.get_by_role("button", name="Use dark colours").click()
    expect(page.locator("body")).to_have_css("background-color", PAPER["dark"])
    page.add_init_script(AT_THE_FIRST_OF_THE_BODY)
    page.goto("/track")
    expect(page.locator("body")).to_have_css("background-color", PAPER["dark"])
    assert page.evaluate("window.first") == "dark"
    page.get_by_role("button", name="Use light colours").click()
    assert page.evaluate("localStorage.getItem('theme')") is None, "a choice equal to the system's is forgotten"


def test_work_gets_done_without_scripts(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/admin/services/add", ADMIN, java_script_enabled=False).page
    page.get_by_label("Name").fill("Mending")
    page.get_by_label("Price for one piece").fill("75")
    page.get_by_label("Ready in").fill("24")
    page.get_by_role("button", name="Add service").click()
    expect(page.get_by_role("row").filter(has_text="Mending")).to_be_visible()
    page.get_by_role("button", name="Retire: Mending").click()
    expect(page.get_by_role("row").filter(has_text="Mending")).to_contain_text("Retired")


def test_a_form_is_not_sent_twice(own_shop: Shop, open_page: Open) -> None:
    page = open_page(own_shop, "/admin/services/add", ADMIN).page
    page.get_by_label("Name").fill("Once only")
    page.get_by_label("Price for one piece").fill("75")
    page.get_by_label("Ready in").fill("24")
    held: list[Route] = []
    page.route("**/services/add", lambda route: held.append(route))
    box = page.get_by_role("button", name="Add service").bounding_box()
    assert box is not None
    for _ in range(2):  # the second time while the first is still on its way
        page.mouse.click(box["x"] + 20, box["y"] + 20)
        page.wait_for_timeout(200)
    sent = len(held)
    held[-1].continue_()
    assert sent == 1
    expect(page.get_by_role("row").filter(has_text="Once only")).to_have_count(1)


@pytest.mark.parametrize(("path", "person"), [("/admin/orders/", ADMIN), ("/customer/", ALICE), ("/", None)])
def test_the_first_visit_is_light(path: str, person: object, full_shop: Shop, open_page: Open) -> None:
    """What we send ourselves; the framework is the same for ever and cached."""
    answers: list[Response] = []
    eyes = open_page(full_shop, "/health/live")
    if person is not None:
        eyes.page.context.add_cookies(full_shop.cookies_of(person))  # type: ignore[arg-type]
    eyes.page.on("response", lambda answer: answers.append(answer))
    eyes.page.goto(path, wait_until="networkidle")
    sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in answers if "/bootstrap/" not in answer.url}
    assert sum(sizes.values()) < OWN_BYTES_AT_MOST, sizes
