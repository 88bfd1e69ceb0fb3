import click
from flask import current_app
from flask.cli import with_appcontext

from app.doctor import doctor_service
from app.doctor.findings import Level

COLOURS = {Level.FINE: "green", Level.NOTE: "yellow", Level.MEND: "red"}


@click.command("doctor")
@click.option("--quiet", is_flag=True, help="Only what is wrong.")
@with_appcontext
def doctor(quiet: bool) -> None:
    """Say what is wrong with this installation, and how to mend it. The exit code is 1 when something must be mended."""
    found = doctor_service.examine(current_app.config)
    for one in found:
        if not quiet or one.level == Level.MEND:
            click.echo(f"{click.style(f'{one.level:<5}', fg=COLOURS[one.level])} {one.about:<12} {one.says}")
            if one.how:
                click.echo(f"{'':18} -> {one.how}")
    broken = sum(one.level == Level.MEND for one in found)
    if broken:
        raise click.ClickException(f"{broken} must be mended.")
