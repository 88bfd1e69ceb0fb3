"""The doors to customers that the office and the counter have alike. Forgetting and merging are the office's own."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app.core.pagination import Page
from app.customers import customer_service, queries
from app.customers.models import CustomerOnFileDict
from app.customers.schemas import CustomerCreate, CustomerFilter, CustomerUpdate
from app.identity.permissions import Permission
from app.portals.http.answers import listed, with_version
from app.portals.http.guard import who
from app.portals.http.portal import Portal, answers, asks, permits, reads, versioned

CUSTOMERS = "/api/customers"
CUSTOMER = f"{CUSTOMERS}/<int:customer_id>"


def add_doors(portal: Portal) -> None:
    @portal.get(CUSTOMERS)
    @permits(Permission.CUSTOMER_READ)
    @asks(CustomerFilter)
    @answers(
        200,
        list[CustomerOnFileDict],
        "The newest first; `q` finds beginnings of words of a name, an e-mail (a domain with its @), or digits of a phone number.",
    )
    def list_customers(query: dict[str, Any]) -> ResponseReturnValue:
        page = queries.find(**query)
        return listed(Page([customer.to_file_dict() for customer in page.rows], page.next_cursor))

    @portal.post(CUSTOMERS)
    @permits(Permission.CUSTOMER_EDIT)
    @reads(CustomerCreate)
    @answers(201, CustomerOnFileDict, "The new customer, without an account: only a link sent to their e-mail makes one.")
    def create_customer(data: dict[str, Any]) -> ResponseReturnValue:
        customer = customer_service.create(data, by=who())
        response = with_version(customer.to_file_dict(), customer.version, 201)
        response.headers["Location"] = url_for(f"{portal.name}.show_customer", customer_id=customer.id)
        return response

    @portal.get(CUSTOMER)
    @permits(Permission.CUSTOMER_READ)
    @answers(200, CustomerOnFileDict, "The customer. Erased and merged ones are shown as such, because old orders lead to them.")
    def show_customer(customer_id: int) -> ResponseReturnValue:
        customer = queries.get_for_staff(customer_id)
        return with_version(customer.to_file_dict(), customer.version)

    @portal.put(CUSTOMER)
    @permits(Permission.CUSTOMER_EDIT)
    @reads(CustomerUpdate)
    @versioned
    @answers(200, CustomerOnFileDict, "The customer as they are now. Orders keep the name and address they were placed with.")
    def change_customer(customer_id: int, data: dict[str, Any], expected: int | None) -> ResponseReturnValue:
        customer = customer_service.change(customer_id, data, expected=expected, by=who())
        return with_version(customer.to_file_dict(), customer.version)
