from typing import Any

from flask.typing import ResponseReturnValue

from app.customers import erasing_service
from app.customers.models import CustomerOnFileDict
from app.customers.schemas import Merge
from app.identity.permissions import Permission
from app.portals.admin import admin
from app.portals.http import customer_doors
from app.portals.http.answers import with_version
from app.portals.http.customer_doors import CUSTOMER
from app.portals.http.guard import who
from app.portals.http.portal import answers, permits, reads, versioned
from app.portals.http.signing_in import MessageDict

customer_doors.add_doors(admin)


@admin.delete(CUSTOMER)
@permits(Permission.CUSTOMER_ERASE)
@versioned
@answers(200, MessageDict, "Forgotten: the account, the sign-ins, and what names them in their orders. The orders stay, without a name.")
def erase_customer(customer_id: int, expected: int | None) -> ResponseReturnValue:
    erasing_service.erase(customer_id, expected=expected, by=who())
    return {"message": "Deleted"}


@admin.post(f"{CUSTOMER}/merge")
@permits(Permission.CUSTOMER_ERASE)
@reads(Merge)
@answers(200, CustomerOnFileDict, "The customer who has everything of both now.")
def merge_customer(customer_id: int, data: dict[str, Any]) -> ResponseReturnValue:
    customer = erasing_service.merge(customer_id, data["intoId"], by=who())
    return with_version(customer.to_file_dict(), customer.version)
