from typing import TYPE_CHECKING, Any

from flask import render_template
from flask.typing import ResponseReturnValue
from marshmallow import fields

from app.core.errors import Unavailable
from app.core.shapes import Line
from app.identity import role_service, second_factor_service, session_service, staff_service
from app.identity.errors import AboveYou
from app.identity.permissions import Permission, Role
from app.identity.schemas import StaffCreate, StaffUpdate
from app.portals.admin import admin
from app.portals.admin.service_pages import VersionForm
from app.portals.admin.telling import told
from app.portals.http.answers import PageQuery
from app.portals.http.forms import EMPTY, Form
from app.portals.http.guard import who
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits, reads, secret, shows_again
from app.portals.http.post import post

if TYPE_CHECKING:
    from app.identity.models import Account

MEMBER = "/staff/<int(max=9007199254740991):account_id>"


class InviteForm(StaffCreate):
    class Meta:
        exclude = ("password",)


class StaffForm(StaffUpdate):
    class Meta:
        exclude = ("password", "disabled")

    name = Line(longest=100, required=True)
    version = fields.Integer()


@admin.get("/staff/")
@permits(Permission.STAFF_READ)
@asks(PageQuery)
def staff_page(query: dict[str, Any]) -> str:
    page = staff_service.find(**query)
    shown = [_shown(account) for account in page.rows]
    return render_template("admin/staff/list.html", staff=shown, roles=role_service.all_custom(), next_cursor=page.next_cursor, query=query)


@admin.get("/staff/invite")
@permits(Permission.STAFF_EDIT)
def new_staff(form: Form = EMPTY) -> str:
    return render_template("admin/staff/new.html", roles=role_service.all_custom(), form=form)


@admin.post("/staff/invite")
@permits(Permission.STAFF_EDIT)
@reads(InviteForm, form=True)
@secret
@shows_again(new_staff, also=(Unavailable,))
def invite_staff(data: dict[str, Any]) -> ResponseReturnValue:
    account, link = staff_service.hire(data, post=post(), by=who())
    return render_template("admin/staff/invited.html", account=_shown(account), link=link), 201


@admin.get(MEMBER)
@permits(Permission.STAFF_EDIT)
def member_page(account_id: int, form: Form = EMPTY) -> str:
    account = staff_service.get(account_id)
    mine, below = account.id == who().account_id, who().role == Role.ADMIN or account.role != Role.ADMIN
    shown = {"sessions": session_service.of_account(account_id), "second_factor": second_factor_service.is_on(account_id)}
    shown |= {"roles": role_service.all_custom()}
    return render_template("admin/staff/show.html", account=_shown(account), **shown, mine=mine, below=below, form=form)


@admin.post(MEMBER)
@permits(Permission.STAFF_EDIT)
@reads(StaffForm, form=True)
@shows_again(member_page, also=(AboveYou,))
def save_member(account_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    expected = data.pop("version", None)
    account = staff_service.change(account_id, data, expected=expected, by=who())
    return told(_("%(name)s is saved.") % {"name": account.name}, "admin.staff_page")


@admin.post(f"{MEMBER}/off")
@permits(Permission.STAFF_EDIT)
@reads(VersionForm, form=True)
@shows_again(member_page, also=(AboveYou,))
def switch_member_off(account_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    account = staff_service.dismiss(account_id, expected=data["version"], by=who())
    return told(_("%(name)s is switched off, and signed out everywhere.") % {"name": account.name}, "admin.staff_page")


@admin.post(f"{MEMBER}/on")
@permits(Permission.STAFF_EDIT)
@reads(VersionForm, form=True)
@shows_again(member_page, also=(AboveYou,))
def switch_member_on(account_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    account = staff_service.change(account_id, {"disabled": False}, expected=data["version"], by=who())
    return told(_("%(name)s can sign in again.") % {"name": account.name}, "admin.staff_page")


@admin.post(f"{MEMBER}/sign-out")
@permits(Permission.STAFF_EDIT)
@shows_again(member_page, also=(AboveYou,))
def sign_member_out(account_id: int) -> ResponseReturnValue:
    account = staff_service.sign_out_everywhere(account_id, by=who())
    return told(_("%(name)s is signed out everywhere.") % {"name": account.name}, "admin.member_page", account_id=account_id)


@admin.post(f"{MEMBER}/second-factor/off")
@permits(Permission.STAFF_EDIT)
@shows_again(member_page, also=(AboveYou,))
def reset_member_second_factor(account_id: int) -> ResponseReturnValue:
    account = staff_service.reset_second_factor(account_id, by=who())
    sentence = _("%(name)s signs in with the password alone again, and is signed out everywhere.")
    return told(sentence % {"name": account.name}, "admin.member_page", account_id=account_id)


@admin.post(f"{MEMBER}/invite")
@permits(Permission.STAFF_EDIT)
@secret
@shows_again(member_page, also=(AboveYou, Unavailable))
def invite_again(account_id: int) -> ResponseReturnValue:
    account, link = staff_service.invite(account_id, post=post(), by=who())
    return render_template("admin/staff/invited.html", account=_shown(account), link=link), 201


def _shown(account: "Account") -> dict[str, Any]:
    return {**account.to_dict(), "version": account.version, "invited": account.is_invited}
