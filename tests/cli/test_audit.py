"""What an operator asks the audit, and does to it, from the command line."""

import pytest
from sqlalchemy import text

from app import config
from app.audit import audit_service, chain_service
from app.config import ConfigError
from app.core.unit_of_work import unit_of_work
from app.identity.principal import Principal
from app.tenancy.tenant_service import MAIN
from tests.audit.test_chain import drop_the_guards
from tests.support.shop import inside, settings

BY = Principal.command_line("tests")


def run(app, *words, fails=False):
    result = app.test_cli_runner().invoke(args=["audit", *words])
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def change(app, *statements):
    with inside(app), unit_of_work() as session:
        drop_the_guards(session)
        for statement in statements:
            session.execute(text(statement))


def head(app):
    with inside(app):
        return chain_service.verify().head


@pytest.fixture
def guards_do_not_count(monkeypatch):
    monkeypatch.setattr(chain_service, "missing_guards", set)


def test_says_of_every_business_how_far_it_is_as_written(app):
    output = run(app, "verify")
    assert output.startswith("main: as written, ")
    assert str(head(app)) in output
    assert run(app, "verify", "--tenant", "main", "--head", str(head(app))) == output
    assert "no such business" in run(app, "verify", "--tenant", "atlantis", fails=True)
    assert "a head is" in run(app, "verify", "--tenant", "main", "--head", "12:34", fails=True)


def test_names_the_first_wrong_entry_and_fails(app, guards_do_not_count):
    with inside(app):
        audit_service.record("thing.made", "thing:1", by=BY)
        audit_service.record("thing.made", "thing:2", by=BY)
    number = head(app).entry_id - 1
    change(app, f"UPDATE audit_entry SET subject = 'thing:3' WHERE id >= {number}")
    output = run(app, "verify", fails=True)
    assert f"main: entry {number} (thing.made, thing:3) does not follow entry {number - 1}" in output
    assert "broken in itself" in run(app, "accept", "--because", "never mind", fails=True)


def test_says_that_the_guards_are_gone(app):
    change(app, "SELECT 1")
    assert "audit_entry_kept, audit_entry_stays" in run(app, "verify", fails=True)


def test_after_a_restore_it_goes_on_once_somebody_says_why(app, guards_do_not_count):
    with inside(app):
        earlier = chain_service.verify().head
        audit_service.record("thing.made", "thing:lost", by=BY)
    assert app.test_cli_runner().invoke(args=["jobs", "run", "watch-audits"]).exit_code == 0
    later = head(app)
    back = f"UPDATE audit_head SET entry_id = {earlier.entry_id}, entry_hash = '{earlier.hash}'"
    change(app, f"DELETE FROM audit_entry WHERE id > {earlier.entry_id}", back)
    assert f"entry {later.entry_id}, which was noted" in run(app, "verify", fails=True)
    run(app, "accept", "--because", "brought back from last night's copy")
    assert "as written" in run(app, "verify")
    assert "another one than was noted" in run(app, "verify", "--tenant", "main", "--head", str(later), fails=True)
    with inside(app):
        assert chain_service.witness_of(MAIN) == head(app)


def test_cuts_off_what_is_older_than_has_to_be_kept(app):
    assert "main: 0 entries" in run(app, "cut")
    with pytest.raises(ConfigError, match="whole number"):
        config.load(settings("sqlite:////nowhere/x.db", FABCLEAN_AUDIT_YEARS="0"))
