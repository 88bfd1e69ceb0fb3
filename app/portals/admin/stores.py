from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.places import queries, store_service
from app.places.models import StoreDict
from app.places.schemas import StoreCreate, StoreUpdate
from app.portals.admin import admin
from app.portals.http.answers import with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, permits, reads, versioned


@admin.get("/api/stores")
@permits(Permission.STORE_READ)
@answers(200, list[StoreDict], "Every store of the business.")
def list_stores() -> ResponseReturnValue:
    return jsonify([store.to_dict() for store in queries.all_stores()])


@admin.post("/api/stores")
@permits(Permission.STORE_EDIT)
@reads(StoreCreate)
@answers(201, StoreDict, "The new store. Orders go on being taken in at the first one.")
def create_store(data: dict[str, Any]) -> ResponseReturnValue:
    store = store_service.create(data, by=who())
    return with_version(store.to_dict(), store.version, 201)


@admin.get("/api/stores/<int:store_id>")
@permits(Permission.STORE_READ)
@answers(200, StoreDict, "The store.")
def show_store(store_id: int) -> ResponseReturnValue:
    store = queries.get(store_id)
    return with_version(store.to_dict(), store.version)


@admin.put("/api/stores/<int:store_id>")
@permits(Permission.STORE_EDIT)
@reads(StoreUpdate)
@versioned
@answers(200, StoreDict, "The store as it is now. Promises made before stay as they were.")
def update_store(store_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    store = store_service.update(store_id, data, expected=expected, by=who())
    return with_version(store.to_dict(), store.version)
