"""The second factor of staff: set up, asked for, good once whoever races, and never a way to lock its owner out."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select, text, update

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.identity import second_factor_service
from app.identity.models import SecondFactor
from app.identity.principal import Principal
from app.identity.vault import Vault
from app.portals.http import second_step
from tests.support.people import ADMIN, ERIN, MONA, PASSWORD, WANDA, account_id_of, client_of
from tests.support.shop import inside

PAGE = {"Accept": "text/html"}
THREADS = 8
WRONG = "00000"  # never six digits, never a recovery code


def code_of(app, secret):
    """The app's code now. As in the next half minute: what was accepted before is forgotten."""
    with inside(app), unit_of_work() as session:
        session.execute(update(SecondFactor).values(last_step=0))
    return pyotp.TOTP(secret).now()


def switched_on(app, browser, portal="employee"):
    """The way through the pages; what the app keeps, and what is printed."""
    assert browser.post(f"/{portal}/account/second-factor/begin", data={"password": PASSWORD}, headers=PAGE).status_code == 303
    page = browser.get(f"/{portal}/account/second-factor", headers=PAGE).text
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    done = browser.post(f"/{portal}/account/second-factor/confirm", data={"otp": pyotp.TOTP(secret).now()}, headers=PAGE)
    assert done.status_code == 201, done.text
    return secret, re.findall(r"<li>([a-z2-7-]{19})</li>", done.text)


def sign_in(app, person=ERIN, **more):
    path = {ADMIN: "/admin/login", WANDA: "/worker/login"}.get(person, "/employee/login")
    return app.test_client().post(path, json={**person.credentials, **more})


def test_is_set_up_with_the_password_and_a_code(app, employee):
    begin, confirm = (f"/employee/account/second-factor/{act}" for act in ("begin", "confirm"))
    assert employee.post(confirm, data={"otp": "123456"}, headers=PAGE).status_code == 409
    assert "not your current password" in employee.post(begin, data={"password": "wrong wrong wrong"}, headers=PAGE).text
    employee.post(begin, data={"password": PASSWORD}, headers=PAGE)
    page = employee.get("/employee/account/second-factor", headers=PAGE).text
    assert 'src="data:image/svg+xml' in page
    assert sign_in(app).status_code == 200  # not confirmed yet, so it is not asked for
    refused = employee.post(confirm, data={"otp": WRONG}, headers=PAGE)
    assert (refused.status_code, "That is not the code" in refused.text) == (400, True)

    other = client_of(app, ERIN)
    secret, codes = switched_on(app, employee)
    assert len(set(codes)) == 10
    assert other.get("/employee/", headers=PAGE).status_code == 302  # signed in with the password alone
    page = employee.get("/employee/account/second-factor", headers=PAGE).text
    assert "10 recovery codes are left" in page
    assert secret not in page.replace(" ", "")
    assert employee.post(begin, data={"password": PASSWORD}, headers=PAGE).status_code == 409
    with inside(app):
        tables = ("second_factor", "recovery_code", "audit_entry")
        stored = " ".join(str(row) for table in tables for row in db.session.execute(text(f"SELECT * FROM {table}")))
    assert [clear for clear in (secret, *codes, *(code.replace("-", "") for code in codes)) if clear in stored] == []


def test_a_program_sends_the_code_along_and_each_is_good_once(app, employee):
    secret, codes = switched_on(app, employee)
    asked = sign_in(app)
    assert (asked.status_code, asked.json["code"], "session=" in asked.headers.get("Set-Cookie", "")) == (
        401,
        "second_factor_required",
        False,
    )
    assert sign_in(app, otp=WRONG).json["code"] == "code_refused"
    code = code_of(app, secret)
    assert [sign_in(app, otp=f"{code[:3]} {code[3:]}").status_code, sign_in(app, otp=code).status_code] == [200, 401]
    assert [sign_in(app, otp=codes[0].upper().replace("-", "")).status_code, sign_in(app, otp=codes[0]).status_code] == [200, 401]
    assert sign_in(app, otp=pyotp.TOTP(secret).at(0)).status_code == 401  # of 1970
    assert sign_in(app, WANDA).status_code == 200  # nobody else's


@pytest.mark.parametrize(
    ("person", "portal", "field"), [(MONA, "admin", "username"), (ERIN, "employee", "email"), (WANDA, "worker", "email")]
)
def test_a_browser_is_asked_on_a_page_of_its_own(app, client, person, portal, field):
    secret, _ = switched_on(app, client_of(app, person), portal)
    password = {field: person.login, "password": person.password}
    asked = client.post(f"/{portal}/login?next=/{portal}/account", data=password, headers=PAGE)
    assert (asked.status_code, asked.location) == (303, f"/{portal}/login/code?next=/{portal}/account")
    assert client.get(f"/{portal}/", headers=PAGE).status_code == 302
    assert "One more step" in client.get(asked.location, headers=PAGE).text
    wrong = client.post(asked.location, data={"otp": WRONG}, headers=PAGE)
    assert (wrong.status_code, "That is not the code" in wrong.text) == (401, True)
    assert client.post(asked.location, data={"otp": code_of(app, secret)}, headers=PAGE).location == f"/{portal}/account"
    assert client.get(f"/{portal}/", headers=PAGE).status_code == 200
    # Without the password there is no second step; it is over as soon as it was taken, and with another password.
    for browser in (app.test_client(), client):
        assert browser.get(f"/{portal}/login/code", headers=PAGE).location == f"/{portal}/login"
        assert browser.post(f"/{portal}/login/code", data={"otp": code_of(app, secret)}, headers=PAGE).location == f"/{portal}/login"
    late = app.test_client()
    late.post(f"/{portal}/login", data=password, headers=PAGE)
    client.post(f"/{portal}/account/sign-out-elsewhere", headers=PAGE)
    assert late.post(f"/{portal}/login/code", data={"otp": code_of(app, secret)}, headers=PAGE).location == f"/{portal}/login"


def test_guessing_has_an_end_and_locks_nobody_out(app, client, employee):
    secret, codes = switched_on(app, employee)
    password = {"email": ERIN.login, "password": ERIN.password}
    client.post("/employee/login", data=password, headers=PAGE)
    wrong = str((int(code_of(app, secret)) + 1) % 1_000_000).zfill(6)
    answers = [client.post("/employee/login/code", data={"otp": wrong}, headers=PAGE).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    assert client.post("/employee/login/code", data={"otp": code_of(app, secret)}, headers=PAGE).status_code == 429
    owner = app.test_client()
    assert owner.post("/employee/login", data=password, headers=PAGE).location == "/employee/login/code"
    assert owner.post("/employee/login/code", data={"otp": codes[3]}, headers=PAGE).location == "/employee/"


def test_a_new_secret_key_needs_the_old_one_beside_it(app, employee):
    secret, codes = switched_on(app, employee)
    old, app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "for-tests-only-4Wd6kTm9RxPq1ZsYe37"
    assert sign_in(app, otp=code_of(app, secret)).status_code == 401
    assert sign_in(app, otp=codes[0]).status_code == 200
    app.config["SECRET_KEY_FALLBACKS"] = [old]
    assert sign_in(app, otp=code_of(app, secret)).status_code == 200


def at_once(app, work):
    gate = threading.Barrier(THREADS)

    def one(_):
        with inside(app):
            return work(gate)

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, range(THREADS)))


def test_of_many_with_one_code_one_gets_in(app, employee):
    secret, codes = switched_on(app, employee)
    mine, by = account_id_of(app, ERIN), Principal.anyone("tests")
    with app.app_context(), inside(app):
        vault = second_step.vault()
    for code in (code_of(app, secret), codes[0]):

        def send(gate, code=code):
            gate.wait()
            return second_factor_service.accepts(mine, code, vault=vault, by=by)

        assert at_once(app, send) == 1

    code_of(app, secret)

    def look_and_then_write(gate):
        """The control: as it would be without asking the row itself."""
        fresh = db.session.scalars(select(SecondFactor.last_step)).one() < 5
        gate.wait()
        with unit_of_work() as session:
            session.execute(update(SecondFactor).values(last_step=5))
        return fresh

    assert at_once(app, look_and_then_write) == THREADS


def test_is_switched_off_with_both_and_reset_by_somebody_above(app, employee, admin):
    secret, _ = switched_on(app, employee)
    off = "/employee/account/second-factor/off"
    for form in (
        {"password": "wrong wrong wrong", "otp": code_of(app, secret)},
        {"password": PASSWORD, "otp": WRONG},
        {"password": PASSWORD},
    ):
        assert employee.post(off, data=form, headers=PAGE).status_code == 400
    assert sign_in(app).status_code == 401
    assert employee.post(off, data={"password": PASSWORD, "otp": code_of(app, secret)}, headers=PAGE).status_code == 303
    assert sign_in(app).status_code == 200

    switched_on(app, employee)
    member = f"/admin/staff/{account_id_of(app, ERIN)}"
    assert "Reset the second factor" in admin.get(member, headers=PAGE).text
    assert admin.post(f"{member}/second-factor/off", headers=PAGE).location == member
    assert sign_in(app).status_code == 200
    assert employee.get("/employee/", headers=PAGE).status_code == 302
    assert "Second factor reset" in admin.get("/admin/audit/", headers=PAGE).text
    mine = f"/admin/staff/{account_id_of(app, ADMIN)}/second-factor/off"
    assert [client_of(app, who).post(mine, headers=PAGE).status_code for who in (MONA, ADMIN, ERIN)] == [403, 409, 403]

    switched_on(app, client_of(app, WANDA), "worker")
    for user, status in (("nobody", 1), (WANDA.login, 0)):
        assert app.test_cli_runner().invoke(args=["reset-second-factor", "--user", user]).exit_code == status
    assert sign_in(app, WANDA).status_code == 200


def test_a_vault_opens_what_was_sealed_with_its_secrets_for_its_purpose():
    sealed = Vault(["old"], "a").seal("x")
    assert [Vault(["new", "old"], "a").open(sealed), Vault(["new"], "a").open(sealed), Vault(["old"], "b").open(sealed)] == [
        "x",
        None,
        None,
    ]
    assert Vault(["old"], "a").open(sealed, lasts=-1) is None
    assert Vault(["old"], "a").open("") is None
