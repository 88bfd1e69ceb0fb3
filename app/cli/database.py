import click
from flask import current_app
from flask.cli import with_appcontext

from app.catalogue import service_service
from app.cli import accounts
from app.core import migrations
from app.core.session import CONTROL
from app.extensions import db
from app.identity.principal import Principal
from app.places import store_service
from app.tenancy import tenant_service
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
    tenant_service.register(MAIN, config["BUSINESS_NAME"], currency=config["CURRENCY"], timezone=config["TIMEZONE"])
    tenant_service.migrate_all()
    by = Principal.command_line("init-db")
    with tenant_service.use_tenant(MAIN) as business:
        store_service.seed_first_store(business.name)
        if added := service_service.seed(by=by):
            click.echo(f"Added {added} services to begin with.")
        accounts.create_first_admin(by=by)
