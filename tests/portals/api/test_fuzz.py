"""Everything the API's description allows, and a little more, sent to the real server in every role: never a 5xx, nothing undocumented."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import thorough
from tests.support.people import ADMIN, ALICE, ERIN, WANDA
from tests.support.server import Server

# Not "is valid data accepted": what a shop refuses (an unknown service, a step out of turn) no description can say.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection"
# Signing out would end the run, and tries of signing in are counted.
LEFT_OUT = "(login|logout|signup|refresh|forgot|/me|/password)"
# An address too long is refused before anybody looks at what it says.
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422", "428", "429", "5XX"]
"""
# Who may do everything is tried with everything that the description lets one make up, on one engine unless there is time; the others
# with a sample.
THOROUGHLY, BRIEFLY = ("coverage,fuzzing", thorough.FACTOR), ("fuzzing", thorough.FACTOR)


@pytest.fixture(scope="module")
def server(databases, tmp_path_factory):
    url = databases.filled()
    made = Server(url, tmp_path_factory.mktemp("fuzz") / "log")
    yield made
    made.stop()
    databases.drop(url)


@pytest.mark.slow
@pytest.mark.timeout(300 * thorough.FACTOR)
@pytest.mark.parametrize("person", [None, ALICE, ERIN, WANDA, ADMIN], ids=["nobody", "customer", "employee", "worker", "admin"])
def test_no_request_finds_a_hole(server: Server, person, engine_name: str, tmp_path: Path):
    phases, examples = THOROUGHLY if person is ADMIN and (engine_name == "sqlite" or thorough.FACTOR > 1) else BRIEFLY
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    command = [
        str(Path(sys.executable).with_name("st")), "run", f"{server.url}/api/schema/", "--phases", phases,
        "--max-examples", str(examples), "--checks", CHECKS, "--exclude-path-regex", LEFT_OUT, "--seed", "20", "--no-color",
        "--request-timeout", "30", "--warnings", "off", "--suppress-health-check", "all", "--generation-database", "none",
    ]  # fmt: skip
    if person is not None:
        command += ["--header", f"Authorization: {server.bearer(person)['Authorization']}"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280 * thorough.FACTOR, check=False)
    sent = re.search(r"(\d+) generated", result.stdout)
    assert sent is not None, result.stdout[-3000:] + result.stderr[-1000:]
    assert int(sent[1]) > 50
    assert result.returncode == 0, result.stdout[-20_000:]
