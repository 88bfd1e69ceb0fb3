"""The browser for the tests: the system's Chromium, or Playwright's, or whatever can be installed. ``python -m`` makes sure of one."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Chromium's own sandbox refuses to be set up by root.
ARGUMENTS = ["--no-sandbox"] if os.geteuid() == 0 else []
PACKAGES = ("chromium", "libatomic1")  # the second is what Playwright's driver needs, which drives the first
HOW = "No Chromium can be started. Install one: apt-get install chromium libatomic1, or .venv/bin/playwright install --with-deps chromium."


def system_path() -> str | None:
    """For Playwright's ``executable_path``; with None it takes its own."""
    return next(filter(None, map(shutil.which, SYSTEM_NAMES)), None)


def works() -> bool:
    """Being there is not enough: a downloaded browser, or what drives it, may lack the system's libraries."""
    try:
        with sync_playwright() as playwright:
            playwright.chromium.launch(executable_path=system_path(), args=ARGUMENTS).close()
    except Exception as failure:  # a driver that cannot start raises nothing more special
        print(f"Chromium: {failure}".splitlines()[0], file=sys.stderr)
        return False
    return True


def _download() -> None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], check=False, env=quiet)


def main() -> None:
    for attempt in (lambda: None, _download, _install):
        attempt()
        if works():
            return
    raise SystemExit(HOW)


if __name__ == "__main__":
    main()
