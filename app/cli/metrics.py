import click
from flask.cli import with_appcontext

from app.analytics import metric_service
from app.cli.refusing import refusals
from app.core import clock
from app.jobs import job_service, queries
from app.tenancy import tenant_service


@click.group("metrics")
def metrics() -> None:
    """The stored figures of each business."""


@metrics.command("rebuild")
@click.option("--tenant", help="One business's short name; else every one.")
@with_appcontext
def rebuild(tenant: str | None) -> None:
    """Count everything anew from the rows: for when the figures do not fit them, as after a repair by hand."""
    with refusals():
        for slug in [tenant] if tenant else tenant_service.open_slugs():
            with tenant_service.use_tenant(slug):
                metric_service.touch_everything()
            number = job_service.ask("metrics", slug, now=clock.now())  # so that nobody counts beside it
            if not job_service.execute(number, owner="command line"):
                raise click.ClickException("The job is paused, or somebody else has begun it.")
            run = queries.get(number)
            click.echo(f"{slug}: {run.error or 'counted anew'}", err=run.error is not None)
            if run.error:
                raise SystemExit(1)
