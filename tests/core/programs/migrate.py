"""Migrates one database, as every instance of a deployment does when it starts."""

import sys

from app import config, create_app
from app.core import migrations
from app.core.session import CONTROL
from app.extensions import db
from tests.support.processes import wait_for_the_others

app = create_app(config.load())
with app.app_context():
    wait_for_the_others()
    for chain in migrations.CHAINS:
        migrations.upgrade(db.engines[CONTROL], chain)
    print(sys.argv[1], "done")
