"""Everything the API's description allows, and a little more, sent to the real server in every role: never a 5xx, nothing undocumented."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import thorough
from tests.support.people import ADMIN, ALICE, ERIN, WANDA, Person
from tests.support.server import Server

# Not "is valid data accepted": what a shop refuses (an unknown service, a step out of turn) no description can say.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection"
# Signing out would end the run of somebody who is signed in.
ENDS_IT = "logout$"
# An address too long is refused before anybody looks at what it says.
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422", "428", "429", "5XX"]
"""
# Who may do everything is tried with everything that the description lets one make up, on one engine unless there is time; the others
# with a sample, and before: the administrator may well erase them. What they may not reach they reach on neither engine.
THOROUGHLY, BRIEFLY = ("coverage,fuzzing", thorough.FACTOR), ("fuzzing", thorough.FACTOR)
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)][: thorough.FACTOR]
PEOPLE = (ALICE, ERIN, WANDA, ADMIN)


@pytest.fixture(scope="module")
def server(databases, tmp_path_factory):
    url = databases.filled()
    made = Server(url, tmp_path_factory.mktemp("fuzz") / "log")
    made.bearers = {person: made.bearer(person) for person in PEOPLE}  # at once: later on, made-up tries have used up everybody's
    yield made
    made.stop()
    databases.drop(url)


@pytest.mark.slow
@pytest.mark.timeout(300 * thorough.FACTOR)
@pytest.mark.parametrize("person", [ALICE, ERIN, WANDA], ids=["customer", "employee", "worker"])
@pytest.mark.parametrize("engine_name", ENGINES, indirect=True)
def test_who_may_little_finds_no_hole(server: Server, person: Person, engine_name: str, tmp_path: Path):
    send_everything(server, person, engine_name, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(300 * thorough.FACTOR)
@pytest.mark.parametrize("person", [None, ADMIN], ids=["nobody", "admin"])
def test_nor_does_who_may_nothing_or_everything(server: Server, person: Person | None, engine_name: str, tmp_path: Path):
    send_everything(server, person, engine_name, tmp_path)


def send_everything(server: Server, person: Person | None, engine_name: str, tmp_path: Path) -> None:
    phases, examples = THOROUGHLY if person is ADMIN and (engine_name == "sqlite" or thorough.FACTOR > 1) else BRIEFLY
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    command = [
        str(Path(sys.executable).with_name("st")), "run", f"{server.url}/api/schema/", "--phases", phases,
        "--max-examples", str(examples), "--checks", CHECKS, "--seed", "20", "--no-color",
        "--request-timeout", "30", "--warnings", "off", "--suppress-health-check", "all", "--generation-database", "none",
    ]  # fmt: skip
    if person is not None:
        command += ["--exclude-path-regex", ENDS_IT, "--header", f"Authorization: {server.bearers[person]['Authorization']}"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280 * thorough.FACTOR, check=False)
    sent = re.search(r"(\d+) generated", result.stdout)
    assert sent is not None, result.stdout[-3000:] + result.stderr[-1000:]
    assert int(sent[1]) > 50
    assert result.returncode == 0, result.stdout[-20_000:]
