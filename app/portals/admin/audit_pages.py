from typing import Any

from flask import render_template

from app.audit import queries
from app.core.shapes import Line, PageQuery
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.admin.order_pages import Period, moments
from app.portals.http.portal import asks, permits


class AuditFilter(Period, PageQuery):
    who = Line(longest=100, load_default=None)
    what = Line(longest=60, load_default=None)
    subject = Line(longest=60, load_default=None)  # one thing, as the audit names it: order:0abc…


@admin.get("/audit/")
@permits(Permission.AUDIT_READ)
@asks(AuditFilter)
def audit_page(query: dict[str, Any]) -> str:
    wanted: dict[str, Any] = {"who": query["who"], "action": query["what"], **moments(query)}
    wanted["subjects"] = (query["subject"],) if query["subject"] else ()
    page = queries.newest(limit=query["limit"], cursor=query["cursor"], **wanted)
    return render_template("admin/audit/list.html", entries=page.rows, next_cursor=page.next_cursor, query=query)
