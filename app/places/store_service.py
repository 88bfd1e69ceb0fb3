from sqlalchemy import select

from app.core import clock
from app.core.errors import Unavailable
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.places.models import Store

FIRST_CODE = "main"


class NoStore(Unavailable):
    code = "no_store"
    sentence = "This business has no store yet. Run `flask init-db` once, then try again."


def seed_first_store(name: str) -> None:
    with unit_of_work() as session:
        if session.scalar(select(Store.id).limit(1)) is None:
            session.add(Store(code=FIRST_CODE, name=name, created_at=clock.now()))


def get_default_store_id() -> int:
    store_id = db.session.scalar(select(Store.id).order_by(Store.id).limit(1))
    if store_id is None:
        raise NoStore
    return store_id
