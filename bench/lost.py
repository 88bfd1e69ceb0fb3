"""What is lost with a machine: ``python -m bench.lost --rounds 3 --engine sqlite``.

A server takes orders while ``flask backup watch`` runs beside it. At a random moment both are killed and their disk is gone; the archives
are restored elsewhere. Prints how old the newest order was that did not come back, and how many came back of those acknowledged.
"""

import argparse
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.backups import restore_service
from app.identity.principal import Principal
from app.orders import queries
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.orders import ORDER
from tests.support.people import ERIN
from tests.support.postgres import Postgres
from tests.support.processes import ROOT
from tests.support.server import Server
from tests.support.shop import application, inside


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--every", default="20")
    asked.add_argument("--seed", type=int, default=6)
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = asked.parse_args()
    folder, chance = Path(tempfile.mkdtemp(prefix="fabclean-lost-")), random.Random(chosen.seed)
    postgres = Postgres(durable=True) if chosen.engine == "postgresql" else None
    databases = PostgresDatabases(postgres, folder) if postgres else SqliteDatabases(folder)
    try:
        for number in range(chosen.rounds):
            one = folder / str(number)
            one.mkdir()
            acknowledged = until_the_crash(databases, one, chosen.every, chance.uniform(25, 60))
            crashed = time.time()
            back = restored(databases, one)
            lost = [at for order, at in acknowledged if order not in back]
            age = crashed - min(lost) if lost else 0.0
            print(
                f"{number}: {len(acknowledged)} acknowledged, {len(lost)} lost, the oldest of them {age:.1f} s before the crash", flush=True
            )
        print(f"{chosen.engine}, seed {chosen.seed}, a look every {chosen.every} s")
    finally:
        if postgres:
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def until_the_crash(databases: SqliteDatabases | PostgresDatabases, folder: Path, every: str, seconds: float) -> list[tuple[str, float]]:
    url = databases.filled()
    settings = {"BACKUP_KEY": "one-key-for-this-drill-and-nothing-else", "BACKUP_URL": str(folder / "shelf")}
    server = Server(url, folder / "log", **settings)
    watch = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "watch", "--every", every]
    with (folder / "watch.log").open("wb") as log:
        watcher = subprocess.Popen(watch, cwd=ROOT, env=server._environment, stdout=log, stderr=log)
    acknowledged, until = [], time.monotonic() + seconds
    with server.client() as client:
        headers = server.bearer(ERIN)
        while time.monotonic() < until:
            answer = client.post("/api/orders", json=ORDER, headers=headers | {"Idempotency-Key": secrets.token_hex(8)})
            if answer.status_code == 201:
                acknowledged.append((answer.json()["order"]["id"], time.time()))
            time.sleep(0.2)
    watcher.kill()
    server.kill()
    watcher.wait()
    databases.drop(url)
    return acknowledged


def restored(databases: SqliteDatabases | PostgresDatabases, folder: Path) -> set[str]:
    settings = {"BACKUP_KEY": "one-key-for-this-drill-and-nothing-else", "BACKUP_URL": str(folder / "shelf")}
    url = databases.empty()
    with application(url, folder / "new", **settings) as app:
        with app.app_context():
            restore_service.restore(app.config, "latest", by=Principal.command_line("bench"))
        with inside(app):
            found = {row["id"] for row in queries.newest(limit=100_000).rows}
    databases.drop(url)
    return found


if __name__ == "__main__":
    main()
