"""Uploads that no proof needs are forgotten after a day, and nothing else is."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.clients.files.errors import FileGone
from app.core import clock
from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.logistics import delivery_service, file_service
from app.logistics.models import Delivery, StoredFile
from app.portals.http import uploads
from tests.logistics.pictures import picture
from tests.logistics.stops import WARD, count, hire, plan
from tests.support.people import WANDA, account_id_of
from tests.support.shop import inside


def upload(client, color="red") -> str:
    return client.post("/worker/api/files", data=picture(color=color), content_type="image/jpeg").json["id"]


def make_old(app) -> None:
    with inside(app), unit_of_work() as session:
        session.execute(update(StoredFile).values(created_at=clock.now() - timedelta(days=1, minutes=1)))


def chores(app) -> None:
    assert app.test_cli_runner().invoke(args=["jobs", "run", "forget"]).exit_code == 0


def prove(worker, stop, **proof) -> None:
    worker.put(f"/worker/api/deliveries/{stop['id']}/start")
    assert worker.put(f"/worker/api/deliveries/{stop['id']}/complete", json=proof).status_code == 200


def shown(client, file_id) -> int:
    return client.get(f"/worker/api/files/{file_id}").status_code


def test_only_what_is_old_and_proves_nothing_goes(app, admin, worker, tmp_path):
    photo, signature, unused = (upload(worker, color) for color in ("red", "blue", "green"))
    prove(worker, plan(app, admin), photo=photo)
    prove(worker, plan(app, admin), signature=signature)
    chores(app)
    assert count(app, StoredFile) == 3
    make_old(app)
    fresh = upload(worker, "white")
    chores(app)
    assert [shown(worker, file_id) for file_id in (photo, signature, fresh, unused)] == [200, 200, 200, 404]
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 3


def test_bytes_that_another_row_names_stay(app, admin, worker):
    ward = hire(app, WARD)
    mine, his = upload(worker), upload(ward)
    prove(worker, plan(app, admin), photo=mine)
    make_old(app)
    chores(app)
    assert (shown(ward, his), shown(worker, mine)) == (404, 200)


def test_a_forgotten_customers_proof_goes_too(app, admin, worker):
    stop, photo = plan(app, admin), upload(worker)
    prove(worker, stop, photo=photo)
    make_old(app)
    with inside(app), unit_of_work() as session:
        session.execute(update(Delivery).values(proof=None))
    chores(app)
    assert shown(worker, photo) == 404


def test_a_picture_that_becomes_a_proof_at_that_moment_stays_or_is_asked_for_again(app, admin, worker):
    wanda = Principal(Role.WORKER, "Wanda", "worker", account_id=account_id_of(app, WANDA))
    for color in ("red", "green", "blue"):
        stop, photo = plan(app, admin), upload(worker, color)
        worker.put(f"/worker/api/deliveries/{stop['id']}/start")
        make_old(app)

        def sweep():
            with inside(app):
                return file_service.sweep(clock.now() - timedelta(days=1), store=uploads.store())

        def complete(stop=stop, photo=photo):
            with inside(app):
                try:
                    return delivery_service.complete(stop["id"], {"photo": photo}, by=wanda).status
                except DomainError as refused:
                    return refused.code

        with ThreadPoolExecutor(2) as pool:
            told, swept = pool.submit(complete), pool.submit(sweep)
        assert (told.result(), swept.result(), shown(worker, photo)) in (("DONE", 0, 200), ("no_such_proof", 1, 404))


def test_what_is_put_in_waits_for_whoever_takes_out(app, worker):
    """Between its bytes and its row an upload looks like nobody's."""
    with inside(app):
        store, name = uploads.store(), "a" * 64
        with ThreadPoolExecutor(1) as pool:
            with store.held(alone=True):
                putting = pool.submit(upload, worker)
                store.remove(name)
                with pytest.raises(TimeoutError):
                    putting.result(0.5)
            assert shown(worker, putting.result(10)) == 200
        with store.held():
            store.put(name, io.BytesIO(b"x"))
        store.remove(name)
        with pytest.raises(FileGone):
            store.open(name)
