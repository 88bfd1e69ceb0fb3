from typing import Any, TypedDict

from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from app.core.shapes import PageQuery, Shape, Text, YesNo
from app.customers import approval_service
from app.customers.approval_states import About, ApprovalState
from app.customers.models import ApprovalInOfficeDict
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http.answers import listed
from app.portals.http.guard import who
from app.portals.http.portal import answers, asks, permits, reads
from app.portals.http.post import post

ONE = "/api/approvals/<int(max=9007199254740991):approval_id>"


class ApprovalRulesDict(TypedDict):
    customers: bool
    addresses: bool


class ApprovalRulesUpdate(Shape):
    customers = YesNo(required=True)
    addresses = YesNo(required=True)


class ApprovalFilter(PageQuery):
    state = fields.String(validate=validate.OneOf(list(ApprovalState)), load_default=None)
    about = fields.String(validate=validate.OneOf(list(About)), load_default=None)


class Rejection(Shape):
    reason = Text(longest=500, required=True)


@admin.get("/api/approvals")
@permits(Permission.APPROVAL_READ)
@asks(ApprovalFilter)
@answers(200, list[ApprovalInOfficeDict], "Requests; those that wait in the order in which they were made.")
def list_approvals(query: dict[str, Any]) -> ResponseReturnValue:
    return listed(approval_service.find(**query))


@admin.post(f"{ONE}/approve")
@permits(Permission.APPROVAL_DECIDE)
@answers(200, ApprovalInOfficeDict, "Approved. The customer gets a letter.")
def approve(approval_id: int) -> ResponseReturnValue:
    return {**approval_service.decide(approval_id, ApprovalState.APPROVED, post=post(), by=who())}


@admin.post(f"{ONE}/reject")
@permits(Permission.APPROVAL_DECIDE)
@reads(Rejection)
@answers(200, ApprovalInOfficeDict, "Rejected. The customer gets a letter with the reason.")
def reject(approval_id: int, data: dict[str, str]) -> ResponseReturnValue:
    return {**approval_service.decide(approval_id, ApprovalState.REJECTED, reason=data["reason"], post=post(), by=who())}


@admin.get("/api/approval-rules")
@permits(Permission.APPROVAL_READ)
@answers(200, ApprovalRulesDict, "Who has to wait.")
def show_approval_rules() -> ResponseReturnValue:
    return approval_service.rules()._asdict()


@admin.put("/api/approval-rules")
@permits(Permission.STORE_EDIT)
@reads(ApprovalRulesUpdate)
@answers(200, ApprovalRulesDict, "Who has to wait from now on.")
def change_approval_rules(data: dict[str, bool]) -> ResponseReturnValue:
    return approval_service.change_rules(**data, by=who())._asdict()
