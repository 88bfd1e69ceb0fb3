from decimal import Decimal
from typing import Any

from flask import Response

from app.catalogue import queries as catalogue
from app.core.pagination import Page
from app.core.shapes import Day, Shape
from app.customers import queries as customers
from app.customers.schemas import CustomerFilter
from app.identity import account_service
from app.identity.permissions import Permission
from app.logistics import queries as logistics
from app.logistics.models import DeliveryDict
from app.logistics.schemas import DeliveryFilter
from app.orders import queries as orders
from app.orders.models import OrderDict
from app.portals.admin import admin
from app.portals.admin.order_pages import OrderPageFilter, wanted
from app.portals.http.exports import CSV, XLSX, exported, same
from app.portals.http.formats import plain
from app.portals.http.portal import answers, asks, permits

MEANING = "A table, sent while it is being read. Moments are UTC, amounts decimal numbers beside their currency."
FORM = "<any(csv,xlsx):form>"


class WholeTable(Shape):
    """What a list can be asked, but for its pages."""

    class Meta(Shape.Meta):
        exclude = ("limit", "cursor")


class OrderExport(WholeTable, OrderPageFilter):
    pass


class CustomerExport(WholeTable, CustomerFilter):
    pass


class DeliveryExport(WholeTable, DeliveryFilter):
    """``since`` and ``until``: days, both included."""

    since = Day()
    until = Day()


def _services_of(order: OrderDict) -> str:
    return ", ".join(f"{item['service']} ×{item['quantity']}" for item in order["items"])


ORDERS = (
    same("number", "id", "status", "customerName", "customerEmail", "customerPhone")
    | {"services": _services_of, "pieces": lambda order: sum(item["quantity"] for item in order["items"])}
    | {"total": lambda order: Decimal(plain(order["total"], order["currency"]))}
    | same("currency", "paid", "pickupDate", "dueAt", "createdAt", "updatedAt", "specialInstructions")
)
CUSTOMERS = same("id", "name", "email", "phone", "notes", "createdAt")
SERVICES = (
    same("id", "name")
    | {"price": lambda service: Decimal(plain(service["price"], service["currency"]))}
    | same("currency", "duration", "active", "createdAt", "updatedAt")
)
DELIVERIES = (
    same("id", "day", "position", "kind", "status", "orderId", "orderNumber", "customerName", "customerPhone", "pieces")
    | same("workerId", "workerName", "window", "address", "receivedBy", "failureReason")
    | same("startedAt", "finishedAt", "createdAt", "updatedAt")
)


@admin.get(f"/api/exports/orders.{FORM}")
@permits(Permission.TABLE_EXPORT)
@asks(OrderExport)
@answers(200, CSV, MEANING)
@answers(200, XLSX, MEANING)
def export_orders(form: str, query: dict[str, Any]) -> Response:
    return exported("orders", form, ORDERS, lambda **page: orders.newest(**wanted(query), **page))


@admin.get(f"/api/exports/customers.{FORM}")
@permits(Permission.TABLE_EXPORT)
@asks(CustomerExport)
@answers(200, CSV, MEANING)
@answers(200, XLSX, MEANING)
def export_customers(form: str, query: dict[str, Any]) -> Response:
    """It can be brought in elsewhere as it is."""

    def find(**page: Any) -> Page[Any]:
        found = customers.find(q=query["q"], **page)
        return Page([customer.to_file_dict() for customer in found.rows], found.next_cursor)

    return exported("customers", form, CUSTOMERS, find)


@admin.get(f"/api/exports/services.{FORM}")
@permits(Permission.TABLE_EXPORT)
@answers(200, CSV, MEANING)
@answers(200, XLSX, MEANING)
def export_services(form: str) -> Response:
    """The price list. Changed in a spreadsheet it can be brought in again."""
    return exported("services", form, SERVICES, lambda **_: Page([service.to_dict() for service in catalogue.all_services()], None))


@admin.get(f"/api/exports/deliveries.{FORM}")
@permits(Permission.TABLE_EXPORT)
@asks(DeliveryExport)
@answers(200, CSV, MEANING)
@answers(200, XLSX, MEANING)
def export_deliveries(form: str, query: dict[str, Any]) -> Response:
    def find(**page: Any) -> Page[Any]:
        found = logistics.planned(**query, **page)
        briefs = orders.briefs({delivery["orderId"] for delivery in found.rows})
        names = account_service.names_of({delivery["workerId"] for delivery in found.rows if delivery["workerId"]})
        return Page([_row(delivery, names) | briefs[delivery["orderId"]] for delivery in found.rows], found.next_cursor)

    return exported("deliveries", form, DELIVERIES, find)


def _row(delivery: DeliveryDict, names: dict[int, str]) -> dict[str, Any]:
    received_by = delivery["proof"]["name"] if delivery["proof"] else None
    return {**delivery, "workerName": names.get(delivery["workerId"] or 0), "receivedBy": received_by}
