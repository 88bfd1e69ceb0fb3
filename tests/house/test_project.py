"""What is written for people stays true: samples that cannot be deployed by accident, settings that are documented, files one can read."""

import re
from pathlib import Path

import pytest

from app import config

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 300
SAMPLES = [ROOT / name for name in (".env.example", "render.yaml", "README.md")]
# NAME=value, NAME: value and "key: NAME … value:" as the three formats have it.
SECRET = re.compile(r"\b(SECRET_KEY|JWT_SECRET_KEY|ADMIN_PASS)\b[ \t]*[=:][ \t]*[\"']?([^\"'\s#`]*)")
RENDER_SECRET = re.compile(r"key:[ \t]*(SECRET_KEY|JWT_SECRET_KEY|ADMIN_PASS)[ \t]*\n[ \t]*value:[ \t]*(\S*)")
STRONG = "Xk29vLm4Tq7ZsWc8RbNd5Yh3Gf6Jp1Ea"


def samples(text: str) -> list[tuple[str, str]]:
    return [(name, value) for pattern in (SECRET, RENDER_SECRET) for name, value in pattern.findall(text) if value]


def accepted(name: str, value: str) -> bool:
    """Whether a production start would take this value."""
    good = {"FABCLEAN_ENV": "production", "TRUSTED_PROXIES": "0", "SECRET_KEY": STRONG, "JWT_SECRET_KEY": STRONG[::-1]}
    try:
        config.load({**good, name: value}, instance=ROOT / "instance")
    except config.ConfigError:
        return False
    return True


@pytest.mark.parametrize("file", [file for file in SAMPLES if file.exists()], ids=lambda file: file.name)
def test_no_sample_secret_would_be_accepted(file):
    assert [f"{name}={value}" for name, value in samples(file.read_text()) if accepted(name, value)] == []


def test_a_sample_that_would_be_accepted_is_noticed():
    assert samples(f"SECRET_KEY={STRONG}\nJWT_SECRET_KEY: {STRONG}\n- key: ADMIN_PASS\n  value: hunter\nADMIN_PASS=") == [
        ("SECRET_KEY", STRONG), ("JWT_SECRET_KEY", STRONG), ("ADMIN_PASS", "hunter")]  # fmt: skip
    assert accepted("SECRET_KEY", STRONG + "x")
    assert not accepted("SECRET_KEY", "super-secret-key-loki-which-is-long-enough")
    assert not accepted("ADMIN_PASS", "hunter")


# Names that are set by somebody else: the host, or Flask.
NOT_OURS_TO_EXPLAIN = {"RENDER", "FLASK_DEBUG", "PROMETHEUS_MULTIPROC_DIR"}


def test_every_setting_is_explained():
    """Each environment variable that is read anywhere has a line in ``.env.example``."""
    sources = [*(ROOT / "app").rglob("*.py"), ROOT / "gunicorn.conf.py", ROOT / "wsgi.py"]
    read = {name for file in sources for name in re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", file.read_text())}
    assert len(read) > 8
    assert sorted(name for name in read - NOT_OURS_TO_EXPLAIN if name not in (ROOT / ".env.example").read_text()) == []


def test_files_can_be_read_in_one_sitting():
    lengths = {file.relative_to(ROOT).as_posix(): len(file.read_text().splitlines()) for file in (ROOT / "app").rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_every_package_says_what_it_is_for():
    assert [file.parent.name for file in (ROOT / "app").rglob("__init__.py") if not file.read_text().startswith('"""')] == []
