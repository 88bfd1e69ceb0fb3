"""Watches a page while a test uses it: what a person would not notice at once, but every visitor pays for."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

SHIFTED_AT_MOST = 0.05
ALL_RULES: dict[str, Any] = {"resultTypes": ["violations"]}
RULES_OF_COLOUR: dict[str, Any] = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}
# A test that makes the window smaller moves everything on purpose, so nothing counts from then on.
WATCH = """
window.seen = { violations: [], shifted: 0 };
let resized = Infinity;
addEventListener("resize", () => { resized = Math.min(resized, performance.now()); });
addEventListener("securitypolicyviolation", (e) => window.seen.violations.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}`));
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput && entry.startTime < resized) window.seen.shifted += entry.value;
  }
}).observe({ type: "layout-shift", buffered: true });
"""


class Eyes:
    def __init__(self, page: Page, origin: str):
        self.page = page
        self._origin = origin
        self.complaints: list[str] = []
        # Pages that say 404 or 409 on purpose; the browser reports those to its console as well.
        self.expected_statuses: set[int] = set()
        self.tolerated: tuple[str, ...] = ()
        page.add_init_script(WATCH)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self._request)

    def check(self) -> None:
        """No error in the console, nothing the Content-Security-Policy refused, nobody else's server, and nothing jumped."""
        seen: dict[str, Any] = self.page.evaluate("window.seen")
        self.complaints += [f"refused by the CSP: {violation}" for violation in seen["violations"]]
        if seen["shifted"] >= SHIFTED_AT_MOST:
            self.complaints.append(f"the page jumped: layout shift {seen['shifted']:.3f}")
        found = [complaint for complaint in self.complaints if not any(words in complaint for words in self.tolerated)]
        assert not found, f"{self.page.url}\n" + "\n".join(found)

    def check_access(self) -> None:
        """Serious and critical findings are those that keep somebody out. In the dark only the colours are different."""
        self.page.evaluate(Axe().axe_script)
        for scheme, options in (("light", ALL_RULES), ("dark", RULES_OF_COLOUR)):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            findings = self.page.evaluate("options => axe.run(options).then(results => results.violations)", options)
            found = [_in_words(finding) for finding in findings if finding["impact"] in ("serious", "critical")]
            assert not found, f"{self.page.url} in {scheme}\n" + "\n".join(found)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def check_width(self, width: int) -> None:
        """Nothing sticks out at the side."""
        self.page.set_viewport_size({"width": width, "height": 900})
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert too_wide <= 0, f"{self.page.url} is {too_wide} pixels too wide at {width}"

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if any(f"status of {status} " in message.text for status in self.expected_statuses):
            return
        self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._origin, "data:", "blob:")):
            self.complaints.append(f"asked another server: {request.url}")


def _in_words(finding: dict[str, Any]) -> str:
    places = "".join(f"\n    {node['html']}" for node in finding["nodes"][:3])
    return f"{finding['id']} ({finding['impact']}): {finding['help']}{places}"
