from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.customers import approval_service
from app.customers.approval_states import ApprovalState
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.admin.approvals import ApprovalFilter, ApprovalRulesUpdate, Rejection
from app.portals.admin.telling import told
from app.portals.http.forms import EMPTY, Asked, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, shows_again
from app.portals.http.post import post

ONE = "/approvals/<int(max=9007199254740991):approval_id>"


class ApprovalPageFilter(Asked, ApprovalFilter):
    pass


@admin.get("/approvals/")
@permits(Permission.APPROVAL_READ)
@asks(ApprovalPageFilter)
def approvals_page(query: dict[str, Any]) -> str:
    query["state"] = query["state"] or ApprovalState.PENDING
    page = approval_service.find(**query)
    return render_template(
        "admin/approvals/list.html", approvals=page.rows, next_cursor=page.next_cursor, query=query, rules=approval_service.rules()
    )


@admin.post(f"{ONE}/approve")
@permits(Permission.APPROVAL_DECIDE)
def approve_page(approval_id: int) -> ResponseReturnValue:
    one = approval_service.decide(approval_id, ApprovalState.APPROVED, post=post(), by=who())
    return told(_("Approved. %(name)s gets a letter.") % {"name": one["customerName"]}, "admin.approvals_page")


@admin.get(f"{ONE}/reject")
@permits(Permission.APPROVAL_DECIDE)
def rejecting_page(approval_id: int, form: Form = EMPTY) -> str:
    return render_template("admin/approvals/reject.html", approval=approval_service.get(approval_id), form=form)


@admin.post(f"{ONE}/reject")
@permits(Permission.APPROVAL_DECIDE)
@reads(Rejection, form=True)
@shows_again(rejecting_page)
def reject_page(approval_id: int, data: dict[str, str]) -> ResponseReturnValue:
    one = approval_service.decide(approval_id, ApprovalState.REJECTED, reason=data["reason"], post=post(), by=who())
    return told(_("Rejected. %(name)s gets a letter with the reason.") % {"name": one["customerName"]}, "admin.approvals_page")


@admin.get("/approvals/rules")
@permits(Permission.STORE_EDIT)
def approval_rules_page(form: Form = EMPTY) -> str:
    return render_template("admin/approvals/rules.html", rules=approval_service.rules(), form=form)


@admin.post("/approvals/rules")
@permits(Permission.STORE_EDIT)
@reads(ApprovalRulesUpdate, form=True)
@shows_again(approval_rules_page)
def save_approval_rules(data: dict[str, bool]) -> ResponseReturnValue:
    approval_service.change_rules(**data, by=who())
    return told(_("Saved. Whoever is on file already stays as they are."), "admin.approvals_page")
