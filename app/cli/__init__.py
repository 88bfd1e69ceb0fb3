"""Commands for whoever runs the installation: ``flask init-db`` and so on, a file each.

What does not belong here: anything a person does through a portal. Floor: the top, beside ``portals``.
"""

from flask import Flask

from app.cli import accounts, audit, backups, database, demo, doctor, jobs, keys, metrics, tenants


def init_app(app: Flask) -> None:
    for command in (
        database.init_db,
        accounts.create_admin,
        accounts.reset_second_factor,
        demo.seed_demo,
        tenants.tenants,
        keys.api_key,
        audit.audit,
        backups.backup,
        doctor.doctor,
        jobs.jobs,
        metrics.metrics,
    ):
        app.cli.add_command(command)
