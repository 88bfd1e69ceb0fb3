"""Invoices of the installation to its businesses: all of them for whoever runs it, and to each business its own."""

from decimal import Decimal
from typing import Any

from flask import Response, current_app, render_template

from app.core.shapes import Line, PageQuery
from app.identity.permissions import Permission
from app.labels import paper_service
from app.labels.paper_service import Paper
from app.portals.admin import admin
from app.portals.http.exports import Columns, exported, same
from app.portals.http.formats import amount, plain
from app.portals.http.forms import Asked
from app.portals.http.languages import gettext as _
from app.portals.http.portal import asks, permits
from app.tenancy import invoice_service, queries
from app.tenancy.models import InvoiceDict
from app.tenancy.tenant_service import MAIN, current_business, find_closed

NUMBER = "<int(max=9007199254740991):number>"


class InvoiceTable(Asked):
    slug = Line(longest=40, load_default=None)


class InvoiceAsked(InvoiceTable, PageQuery):
    pass


COLUMNS: Columns = (
    same("number", "month", "slug", "name")
    | {"total": lambda invoice: Decimal(plain(invoice["total"], invoice["currency"]))}
    | same("currency", "drawnUpAt")
    | {name: lambda invoice, name=name: invoice["usage"][name] for name in ("orders", "staff", "customers", "stores", "storageBytes")}
)


@admin.get("/platform/invoices/")
@permits(Permission.PLATFORM_READ)
@asks(InvoiceAsked)
def invoices_page(query: dict[str, Any]) -> str:
    page = invoice_service.find(**query)
    return render_template("admin/platform/invoices.html", invoices=page.rows, next_cursor=page.next_cursor, query=query)


@admin.get("/platform/invoices.<any(csv,xlsx):form>")
@permits(Permission.PLATFORM_READ)
@asks(InvoiceTable)
def export_invoices(form: str, query: dict[str, Any]) -> Response:
    return exported("invoices", form, COLUMNS, lambda limit, cursor: invoice_service.find(**query, limit=limit, cursor=cursor))


@admin.get(f"/platform/invoices/{NUMBER}")
@permits(Permission.PLATFORM_READ)
def invoice_page(number: int) -> str:
    return _page(invoice_service.get(number), back="admin.invoices_page", pdf="admin.invoice_pdf")


@admin.get(f"/platform/invoices/{NUMBER}.pdf")
@permits(Permission.PLATFORM_READ)
def invoice_pdf(number: int) -> Response:
    return _pdf(invoice_service.get(number))


@admin.get("/plan/")
@permits(Permission.PLAN_READ)
def plan_page() -> str:
    return render_template("admin/platform/plan.html", business=queries.get(current_business().slug), invoices=invoice_service.own())


@admin.get(f"/plan/invoices/{NUMBER}")
@permits(Permission.PLAN_READ)
def own_invoice_page(number: int) -> str:
    return _page(invoice_service.get_own(number), back="admin.plan_page", pdf="admin.own_invoice_pdf")


@admin.get(f"/plan/invoices/{NUMBER}.pdf")
@permits(Permission.PLAN_READ)
def own_invoice_pdf(number: int) -> Response:
    return _pdf(invoice_service.get_own(number))


def _page(invoice: InvoiceDict, *, back: str, pdf: str) -> str:
    return render_template("admin/platform/invoice.html", invoice=invoice, sender=_sender(), back=back, pdf=pdf)


def _sender() -> list[str]:
    """As the operator has set it, else what the first business is called."""
    written = str(current_app.config["INVOICE_FROM"]).replace("\\n", "\n").strip()
    return written.splitlines() or [find_closed(MAIN).name]


def _pdf(invoice: InvoiceDict) -> Response:
    response = Response(paper_service.render(_paper(invoice)), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="invoice-{invoice["number"]}.pdf"'
    return response


def _paper(invoice: InvoiceDict) -> Paper:
    currency, plans = invoice["currency"], {"basic": _("Basic"), "pro": _("Pro"), "enterprise": _("Enterprise")}
    lines = [(plans[line["plan"]], str(line["days"]), amount(line["amount"], currency)) for line in invoice["lines"]]
    facts = [
        (_("Month"), invoice["month"]),
        (_("Drawn up"), invoice["drawnUpAt"][:10]),
        (_("Orders taken in"), str(invoice["usage"]["orders"])),
    ]
    return Paper(
        title=_("Invoice %(number)s") % {"number": invoice["number"]},
        sender=_sender(),
        receiver=[invoice["name"], invoice["slug"]],
        facts=facts,
        rows=[(_("Plan"), _("Days"), _("Amount")), *lines, (_("Total"), "", amount(invoice["total"], currency))],
        foot=[_("Each day costs what its plan costs a month, divided by the days of the month.")],
    )
