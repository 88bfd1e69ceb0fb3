import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli import accounts
from app.core import migrations
from app.core.session import CONTROL
from app.extensions import db
from app.identity.principal import Principal
from app.platform import business_service
from app.tenancy import lifecycle_service, tenant_service
from app.tenancy.tenant_service import MAIN


@click.command("init-db")
@with_appcontext
def init_db() -> None:
    """Create or migrate the database, and fill an empty one with the first business, its services and its administrator."""
    with migrations.one_at_a_time(db.engines[CONTROL]):
        _bring_up_to_date()
    click.echo("The database is ready.")


def _bring_up_to_date() -> None:
    migrations.upgrade(db.engines[CONTROL], CONTROL)
    config = current_app.config
    settings = {"currency": config["CURRENCY"], "timezone": config["TIMEZONE"], "language": config["LANGUAGE"]}
    tenant_service.register(MAIN, config["BUSINESS_NAME"], **settings)
    tenant_service.migrate(MAIN)
    for slug, failure in lifecycle_service.migrate_all():
        if failure is not None:  # it answers 503 until it is mended; the others are not kept waiting by it
            click.echo(f"{slug} could not be migrated: {failure}", err=True)
    by = Principal.command_line("init-db")
    with tenant_service.enter(tenant_service.find_closed(MAIN)) as business:
        if added := business_service.fill(business, by=by):
            click.echo(f"Added {added} services to begin with.")
        accounts.create_first_admin(by=by)
