from sqlalchemy import select

from app.extensions import db
from app.places.errors import NoStore, UnknownStore
from app.places.models import Store

_FIRST = select(Store).order_by(Store.id).limit(1)


def all_stores() -> list[Store]:
    return list(db.session.scalars(select(Store).order_by(Store.id)))


def get(store_id: int) -> Store:
    store = db.session.get(Store, store_id)
    if store is None:
        raise UnknownStore
    return store


def get_default() -> Store:
    store = db.session.scalar(_FIRST)
    if store is None:
        raise NoStore
    return store
