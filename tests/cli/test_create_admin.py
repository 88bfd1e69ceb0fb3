import pytest

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity.models import Account
from tests.support import people

GOOD = "eleven calm badgers"


@pytest.fixture
def create(app):
    def run(*options, typed=None, **environment):
        return app.test_cli_runner().invoke(args=["create-admin", *options], input=typed, env=environment)

    return run


def sign_in(app, user, password):
    return app.test_client().post("/admin/login", json={"username": user, "password": password}).status_code


def test_whoever_has_a_shell_can_make_an_administrator(app, create):
    result = create("--user", "Olga@Shop.example", "--password", GOOD)
    assert result.output == "Olga@Shop.example can sign in at /admin/login.\n"
    assert sign_in(app, "olga@shop.example", GOOD) == 200


def test_asks_for_what_is_not_given_and_does_not_show_the_password(app, create):
    result = create(typed=f"olga\n{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0
    assert GOOD not in result.output
    assert sign_in(app, "olga", GOOD) == 200


def test_takes_the_password_from_the_environment(app, create):
    assert create("--user", "olga", ADMIN_PASS=GOOD).exit_code == 0
    assert sign_in(app, "olga", GOOD) == 200


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "fabcleanadmin", "olga-olga-olga", "x" * 129])
def test_refuses_a_weak_password(app, create, password):
    result = create("--user", "olga", "--password", password)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert sign_in(app, "olga", password) == 401


def test_refuses_a_name_that_is_taken(app, create):
    result = create("--user", people.ADMIN.login.upper(), "--password", GOOD)
    assert (result.exit_code, result.output) == (1, "Error: This name is taken.\n")
    assert sign_in(app, people.ADMIN.login, people.ADMIN.password) == 200


def test_refuses_a_business_that_is_not_there(create):
    result = create("--user", "olga", "--password", GOOD, "--tenant", "atlantis")
    assert (result.exit_code, result.output) == (1, "Error: There is no such business here.\n")


def test_says_who_did_it_in_the_audit(app, create):
    from app.audit.models import AuditEntry
    from tests.support.shop import inside

    create("--user", "olga", "--password", GOOD)
    with inside(app):
        entry = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.channel) == ("account.created", "cli")
    assert entry.actor.startswith("command line (")
    assert GOOD not in str(entry.after)


def test_a_dismissed_administrator_cannot_be_signed_in_again(app, create):
    from app.core import clock
    from tests.support.shop import inside

    create("--user", "olga", "--password", GOOD)
    with inside(app), unit_of_work() as session:
        session.scalars(db.select(Account).where(Account.login == "olga")).one().disabled_at = clock.now()
    assert sign_in(app, "olga", GOOD) == 401
