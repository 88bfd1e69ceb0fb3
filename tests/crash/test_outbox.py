"""The power goes while orders are placed and a program is told of each: afterwards it has been told of exactly those that are there."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.housekeeping import carriers
from app.identity.principal import Principal
from app.notifications import outbox_service
from app.orders.models import Order
from app.portals.http import vaults
from app.webhooks import endpoint_service
from tests.crash.test_kill import Crowd
from tests.support.receiver import receiver
from tests.support.server import Server
from tests.support.shop import application, inside


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_program_is_told_of_all_that_was_acknowledged_and_of_nothing_else(database_url: str, tmp_path: Path) -> None:
    with receiver() as there, application(database_url, tmp_path, FABCLEAN_WEBHOOKS_ANYWHERE="true") as app:
        with inside(app):
            wanted = {"url": there.url, "note": "", "events": ["order.placed"], "enabled": True}
            endpoint_service.create(wanted, vault=vaults.for_webhooks(), client=vaults.outbound(), by=Principal.command_line("tests"))
        server = Server(database_url, tmp_path / "log", TRUSTED_PROXIES="1", FABCLEAN_WEBHOOKS_ANYWHERE="true")
        crowd = Crowd(server.url)
        time.sleep(2)
        server.kill()
        crowd.go_home()
        with inside(app):
            # Two minutes later, when what the dead had in hand is free again.
            while outbox_service.deliver_due({"webhook": carriers()["webhook"]}, now=lambda: clock.now() + timedelta(minutes=2)):
                pass
            placed = set(db.session.scalars(select(Order.id)))
        told = {told["data"]["id"] for told in there.told()}
        print(f"{len(crowd.acknowledged)} acknowledged, {len(told)} told, {len(there.requests) - len(told)} of them twice")
        assert crowd.acknowledged.keys() <= placed == told
        assert len(set(there.ids())) == len(told), "told again under another id"
