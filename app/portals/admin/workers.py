from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app.core.pagination import Page
from app.core.shapes import PageQuery
from app.identity import staff_service
from app.identity.models import StaffDict
from app.identity.permissions import Permission
from app.identity.schemas import StaffCreate, StaffUpdate
from app.portals.admin import admin
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads, secret, versioned
from app.portals.http.post import post

WORKER = "/api/workers/<int:worker_id>"


@admin.get("/api/workers")
@permits(Permission.STAFF_READ)
@asks(PageQuery)
@answers(200, list[StaffDict], "Everybody who works here or did.")
def list_workers(query: dict[str, Any]) -> ResponseReturnValue:
    page = staff_service.find(**query)
    return listed(Page([account.to_dict() for account in page.rows], page.next_cursor))


# Secret, because the body may hold a password, and a kept request is kept with the body's fingerprint. An e-mail is taken only once,
# so a repeated request hires nobody twice.
@admin.post("/api/workers")
@permits(Permission.STAFF_EDIT)
@reads(StaffCreate)
@answers(201, StaffDict, "The new member of staff. Without a password they are sent a link to choose one.")
@secret
def hire_worker(data: dict[str, Any]) -> ResponseReturnValue:
    account, _ = staff_service.hire(data, post=post() if "password" not in data else None, by=who())
    response = with_version(account.to_dict(), account.version, 201)
    response.headers["Location"] = url_for("admin.show_worker", worker_id=account.id)
    return response


@admin.get(WORKER)
@permits(Permission.STAFF_READ)
@answers(200, StaffDict, "The member of staff.")
def show_worker(worker_id: int) -> ResponseReturnValue:
    account = staff_service.get(worker_id)
    return with_version(account.to_dict(), account.version)


@admin.put(WORKER)
@permits(Permission.STAFF_EDIT)
@reads(StaffUpdate)
@versioned
@answers(200, StaffDict, "As they are now. Another role, another password or being switched off ends all their sign-ins.")
@secret
def change_worker(worker_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
    account = staff_service.change(worker_id, data, expected=expected, by=who())
    return with_version(account.to_dict(), account.version)


@admin.delete(WORKER)
@permits(Permission.STAFF_EDIT)
@versioned
@answers(200, StaffDict, "Switched off: nothing they hold opens anything any more. The record stays for what they did.")
def dismiss_worker(worker_id: int, expected: int | None) -> ResponseReturnValue:
    account = staff_service.dismiss(worker_id, expected=expected, by=who())
    return with_version(account.to_dict(), account.version)
