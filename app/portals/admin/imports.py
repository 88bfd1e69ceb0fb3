from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.catalogue import import_service as services
from app.catalogue.schemas import ServiceRow
from app.core.tables.report import ImportedDict
from app.customers import import_service as customers
from app.customers.schemas import CustomerCreate
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http.guard import who
from app.portals.http.imports import Import, ImportQuery, Sheet
from app.portals.http.portal import answers, asks, permits, takes

CUSTOMERS = Import(CustomerCreate, ("id", "createdAt"), customers.bring_in)
SERVICES = Import(ServiceRow, ("createdAt", "updatedAt"), services.bring_in)
MEANING = "What became of each row, or with `dryRun=true` what would. With an error in any row the answer is 400 and nothing is written."


@admin.post("/api/imports/customers")
@permits(Permission.TABLE_IMPORT)
@asks(ImportQuery)
@takes(CUSTOMERS.upload)
@answers(200, ImportedDict, MEANING)
def import_customers(query: dict[str, Any], upload: Sheet) -> ResponseReturnValue:
    """CSV or XLSX with the columns name, email, phone and notes; at most 10 MB and 20,000 rows. Who is on file already is skipped."""
    return jsonify(CUSTOMERS.carry_out(upload, dry_run=query["dryRun"], by=who()))


@admin.post("/api/imports/services")
@permits(Permission.TABLE_IMPORT)
@asks(ImportQuery)
@takes(SERVICES.upload)
@answers(200, ImportedDict, MEANING)
def import_services(query: dict[str, Any], upload: Sheet) -> ResponseReturnValue:
    """CSV or XLSX with the columns id, name, price, duration, currency and active. A known service is brought up to date."""
    return jsonify(SERVICES.carry_out(upload, dry_run=query["dryRun"], by=who()))
