import getpass
import secrets

import click
from flask import current_app
from flask.cli import with_appcontext

from app.config import DEVELOPMENT
from app.core.errors import DomainError
from app.identity import account_service, staff_service
from app.identity.errors import UnknownStaff
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.tenancy import tenant_service
from app.tenancy.tenant_service import MAIN


@click.command("create-admin")
@click.option("--user", prompt="User name or e-mail", help="What the administrator signs in with.")
@click.option("--name", default="Administrator", help="The name others see.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="ADMIN_PASS", help="At least 12 characters.")
@click.option("--tenant", default=MAIN, show_default=True, help="The business's short name.")
@with_appcontext
def create_admin(user: str, name: str, password: str, tenant: str) -> None:
    """Create an administrator's account."""
    try:
        hashed = account_service.hash_new_password(password, personal=(user, name))
        with tenant_service.use_tenant(tenant):
            account_service.create_staff(user, name, Role.ADMIN, hashed, by=Principal.command_line(getpass.getuser()))
    except DomainError as error:
        raise click.ClickException("This name is taken." if error.code == "email_taken" else error.sentence) from error
    click.echo(f"{user} can sign in at /admin/login.")


@click.command("reset-second-factor")
@click.option("--user", required=True, help="What they sign in with.")
@click.option("--tenant", default=MAIN, show_default=True, help="The business's short name.")
@with_appcontext
def reset_second_factor(user: str, tenant: str) -> None:
    """For the last administrator, whose phone and recovery codes are gone: the password alone signs in again."""
    try:
        with tenant_service.use_tenant(tenant):
            account = account_service.find_login("staff", user)
            if account is None:
                raise UnknownStaff
            staff_service.reset_second_factor(account.id, by=Principal.command_line(getpass.getuser()))
    except DomainError as error:
        raise click.ClickException(error.sentence) from error
    click.echo(f"{user} signs in with the password alone again, and is signed out everywhere.")


def create_first_admin(*, by: Principal) -> None:
    """From ADMIN_USER and ADMIN_PASS; in development a password is made up and shown this once."""
    if account_service.has_administrator():
        return
    user, password = current_app.config["ADMIN_USER"], current_app.config["ADMIN_PASS"]
    shown = not password
    if shown and current_app.config["ENV_NAME"] != DEVELOPMENT:
        click.echo("There is no administrator yet: run `flask create-admin`, or set ADMIN_USER and ADMIN_PASS.")
        return
    password = password or secrets.token_urlsafe(12)
    account_service.create_staff(user, "Administrator", Role.ADMIN, account_service.hash_given_password(password), by=by)
    click.echo(f"Administrator: {user}" + (f"   password: {password}   (shown this once)" if shown else "   password: as in ADMIN_PASS"))
