"""What can be read off the files themselves: no browser needed."""

import re

import pytest

from tests.support.processes import ROOT

TEMPLATES = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "emails" not in path.parts]
STATIC = ROOT / "app" / "static"


def test_every_icon_is_in_the_sheet_and_no_icon_is_there_for_nothing():
    sheet = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    sources = [path.read_text() for path in [*TEMPLATES, *(ROOT / "app" / "portals").rglob("*.py")]]
    words = set(re.findall(r"""(?<=["'])[a-z0-9-]+(?=["'])""", "\n".join(sources)))
    assert not sheet - words, "in the sheet for nothing"
    named = {name for text in sources for name in re.findall(r'(?:icon\(|glyph=|glyph": |empty\()"([a-z0-9-]+)"', text)}
    assert not named - sheet, "missing in app/static/icons.svg"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_nothing_the_security_policy_refuses(template):
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*src=)|(src|href|action)=.?https?://", text)


def test_only_the_macros_write_buttons():
    writing = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES if "<button" in path.read_text()}
    assert not [path for path in writing if not path.startswith("macros/")]


def test_redoc_is_told_not_to_report_to_its_maker():
    """The security policy refuses it as well, but only sometimes in time for a test to notice."""
    assert "disableTelemetry: true" in (STATIC / "redoc.js").read_text()


def test_the_style_sheet_names_its_colours_once():
    """Below the tokens a colour is a role: whoever writes a number there has forgotten light or dark."""
    parts = (STATIC / "fabclean.css").read_text().split("2 Bootstrap wears them */")[1]
    numbers = [line.strip() for line in parts.splitlines() if re.search(r"#[0-9a-f]{3,8}\b|rgba?\(", line) and ".band" not in line]
    assert not numbers
